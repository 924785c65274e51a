//! What lies over the chat where there is no room beside it, and how a finger brings it.

/// Further than this, in pixels, a finger has swiped.
const SWIPE: f64 = 56.0;

/// How much room there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// For one thing beside the messages at most.
    pub narrow: bool,
    /// For the messages alone.
    pub slim: bool,
    /// The page is a part of another one: only the messages have a place of their own.
    pub embedded: bool,
}

/// What is open besides the messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Open {
    /// The rooms.
    pub rooms: bool,
    /// The people.
    pub people: bool,
    /// The search.
    pub search: bool,
}

/// What lies over the messages. It has the focus, and keeps it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Over {
    /// Nothing.
    #[default]
    Nothing,
    /// The rooms.
    Rooms,
    /// The people.
    People,
    /// The search.
    Search,
}

impl Room {
    /// What lies over the messages while this is open.
    pub fn over(self, open: Open) -> Over {
        match open {
            Open { rooms: true, .. } if self.slim => Over::Rooms,
            Open { people: true, .. } if self.narrow => Over::People,
            Open { search: true, .. } if self.narrow => Over::Search,
            _ => Over::Nothing,
        }
    }

    /// Whether the people come and go as a drawer; else they have a place that is chosen for good.
    pub fn people_are_a_drawer(self) -> bool {
        self.narrow || self.embedded
    }
}

impl Over {
    /// What is open after a finger has gone so far over the page, to the right and down: what lies
    /// there goes first. None where it was no swipe to the side, or there is no drawer.
    pub fn swiped(self, right: f64, down: f64, room: Room) -> Option<Self> {
        if right.abs() < SWIPE || right.abs() < 2.0 * down.abs() {
            return None;
        }
        match (self, right > 0.0) {
            (Self::Nothing, true) => room.slim.then_some(Self::Rooms),
            (Self::Nothing, false) => room.narrow.then_some(Self::People),
            (Self::Rooms, false) | (Self::People | Self::Search, true) => Some(Self::Nothing),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Room = Room { narrow: false, slim: false, embedded: false };
    const PHONE: Room = Room { narrow: true, slim: true, embedded: false };

    #[test]
    fn nothing_lies_over_the_messages_where_there_is_room() {
        let open = Open { rooms: true, people: true, search: true };
        assert_eq!(WIDE.over(open), Over::Nothing);
        assert_eq!(PHONE.over(open), Over::Rooms);
        assert_eq!(PHONE.over(Open::default()), Over::Nothing);
        let tablet = Room { slim: false, ..PHONE };
        assert_eq!(tablet.over(open), Over::People);
        assert_eq!(tablet.over(Open { search: true, ..Open::default() }), Over::Search);
    }

    #[test]
    fn people_of_a_frame_are_a_drawer_however_wide_it_is() {
        assert!(Room { embedded: true, ..WIDE }.people_are_a_drawer());
        assert!(!WIDE.people_are_a_drawer());
    }

    #[test]
    fn a_swipe_opens_a_drawer_and_the_other_way_closes_it() {
        assert_eq!(Over::Nothing.swiped(80.0, 5.0, PHONE), Some(Over::Rooms));
        assert_eq!(Over::Rooms.swiped(-80.0, 5.0, PHONE), Some(Over::Nothing));
        assert_eq!(Over::Nothing.swiped(-80.0, 5.0, PHONE), Some(Over::People));
        assert_eq!(Over::Search.swiped(80.0, 5.0, PHONE), Some(Over::Nothing));
        assert_eq!(Over::Rooms.swiped(80.0, 5.0, PHONE), None, "it is there");
    }

    #[test]
    fn scrolling_is_no_swipe() {
        assert_eq!(Over::Nothing.swiped(80.0, 90.0, PHONE), None);
        assert_eq!(Over::Nothing.swiped(20.0, 0.0, PHONE), None);
        assert_eq!(Over::Nothing.swiped(80.0, 0.0, WIDE), None);
    }
}
