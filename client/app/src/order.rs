//! Putting short lists in order.

/// Puts things in the order of their keys; those with the same key stay as they are.
///
/// By insertion: the lists of the page are short, or in order but for a few, and the standard
/// library's sorting weighs kilobytes for every type that is sorted.
pub fn order<T, K: Ord>(things: &mut [T], key: impl Fn(&T) -> K) {
    let mut keys: Vec<K> = things.iter().map(key).collect();
    for sorted in 1..things.len() {
        let mut at = sorted;
        while at > 0 && keys[at] < keys[at - 1] {
            keys.swap(at, at - 1);
            things.swap(at, at - 1);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_in_order_and_stable() {
        let mut things = [(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        order(&mut things, |(key, _)| *key);
        assert_eq!(things, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
        order::<u8, u8>(&mut [], |key| *key);
    }
}
