//! How much somebody may ask for in a minute.
//!
//! One budget a person, or an address; it fills up evenly, and a full one may be spent at once.

use std::time::Duration;

use parlour_events::{Code, Refusal, UserId};

use crate::{peer::AddressKey, rate::Rates};

/// Settings; 0 is no limit.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PerMinute {
    /// Messages of one person.
    pub(crate) messages: u32,
    /// Messages from one address.
    pub(crate) messages_per_address: u32,
    /// Requests of any kind of one person.
    pub(crate) requests: u32,
    /// Files of one person.
    pub(crate) uploads: u32,
    /// Connects to a namespace from one address.
    pub(crate) connects: u32,
    /// New nicknames from one address.
    pub(crate) new_guests: u32,
}

/// The budgets.
#[derive(Debug)]
pub(crate) struct Budgets {
    messages: Rates<UserId>,
    messages_per_address: Rates<AddressKey>,
    requests: Rates<UserId>,
    uploads: Rates<UserId>,
    connects: Rates<AddressKey>,
    new_guests: Rates<AddressKey>,
    typing: Rates<UserId>,
}

/// How often somebody can be seen to begin typing: more is left out, as nobody would notice.
const TYPING_PER_MINUTE: u32 = 60;

impl Budgets {
    pub(crate) fn new(limits: PerMinute) -> Self {
        Self {
            messages: Rates::per_minute(limits.messages),
            messages_per_address: Rates::per_minute(limits.messages_per_address),
            requests: Rates::per_minute(limits.requests),
            uploads: Rates::per_minute(limits.uploads),
            connects: Rates::per_minute(limits.connects),
            new_guests: Rates::per_minute(limits.new_guests),
            typing: Rates::per_minute(TYPING_PER_MINUTE),
        }
    }

    /// Any request.
    pub(crate) fn request(&self, user: UserId) -> Result<(), Refusal> {
        self.requests.check(&user).map_err(|wait| too_many("requests", wait))
    }

    /// A message, or a change of one.
    pub(crate) fn message(&self, user: UserId, address: AddressKey) -> Result<(), Refusal> {
        let spent = self.messages.check(&user);
        spent
            .and_then(|()| self.messages_per_address.check(&address))
            .map_err(|wait| too_many("messages", wait))
    }

    /// A file.
    pub(crate) fn upload(&self, user: UserId) -> Result<(), Refusal> {
        self.uploads.check(&user).map_err(|wait| too_many("files", wait))
    }

    /// A connect to a namespace: one connection can ask for it again and again.
    pub(crate) fn connect(&self, address: AddressKey) -> Result<(), Refusal> {
        self.connects.check(&address).map_err(|wait| too_many("connects", wait))
    }

    /// Somebody with a nickname and no session.
    pub(crate) fn new_guest(&self, address: AddressKey) -> Result<(), Refusal> {
        self.new_guests.check(&address).map_err(|wait| too_many("new nicknames", wait))
    }

    /// Whether it is worth telling others that somebody types.
    pub(crate) fn typing(&self, user: UserId) -> bool {
        self.typing.check(&user).is_ok()
    }
}

fn too_many(what: &str, wait: Duration) -> Refusal {
    let seconds = wait.as_secs_f64().ceil().max(1.0);
    let sentence = format!("Too many {what} in a short time. Go on in {seconds} s.");
    Refusal::new(Code::RateLimited, sentence).retry_after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> AddressKey {
        crate::peer::ClientAddress([127, 0, 0, last].into()).key()
    }

    fn somebody(number: u128) -> UserId {
        UserId(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn a_budget_is_a_persons_own_and_says_how_long_to_wait() {
        let rates = Budgets::new(PerMinute { messages: 3, ..PerMinute::default() });
        for _ in 0..3 {
            rates.message(somebody(1), address(1)).unwrap();
        }
        let refusal = rates.message(somebody(1), address(1)).unwrap_err();
        assert_eq!(refusal.code, Code::RateLimited);
        assert!((1..=20_000).contains(&refusal.retry_after.unwrap()), "{refusal:?}");
        rates.message(somebody(2), address(1)).unwrap();
    }

    #[test]
    fn an_address_has_a_budget_of_its_own() {
        let rates = Budgets::new(PerMinute { messages_per_address: 2, ..PerMinute::default() });
        rates.message(somebody(1), address(1)).unwrap();
        rates.message(somebody(2), address(1)).unwrap();
        assert!(rates.message(somebody(3), address(1)).is_err());
        rates.message(somebody(3), address(2)).unwrap();
    }

    #[test]
    fn nought_is_no_limit() {
        let rates = Budgets::new(PerMinute::default());
        for _ in 0..10_000 {
            rates.message(somebody(1), address(1)).unwrap();
            rates.request(somebody(1)).unwrap();
        }
    }
}
