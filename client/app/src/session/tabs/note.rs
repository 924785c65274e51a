//! What pages of one browser say to each other.

/// What pages say to each other: a line that says what it is, and behind it JSON.
pub(super) struct Note<'a> {
    pub(super) kind: Kind,
    pub(super) from: &'a str,
    /// For one page; for all if it is empty.
    pub(super) to: &'a str,
    pub(super) number: u64,
    /// Who is inside on the page that says it.
    pub(super) by: &'a str,
    /// When it was said, in milliseconds since 1970.
    pub(super) at: u64,
    pub(super) name: &'a str,
    pub(super) json: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// To the leader: I am here. With credentials, if somebody wants to come in.
    Hello,
    /// From a new leader: I lead.
    Lead,
    /// To the leader: ask the server.
    Ask,
    /// To the leader: tell the server something that may get lost.
    Tell,
    /// To the leader: try to connect now.
    Try,
    /// From the leader: the answer to a question; none if it was lost.
    Answer,
    /// From the leader: the server said something.
    News,
    /// From the leader: the state of the line.
    Line,
    /// From the leader: the server does not let us in; the sentence is the name, and the number
    /// says whether the door is closed.
    Refused,
    /// From any page: the person left.
    Leave,
    /// To the leader: somebody looks at this page; or, without a name, not any more.
    Look,
}

/// The kinds under their numbers.
const KINDS: [Kind; 11] = [
    Kind::Hello,
    Kind::Lead,
    Kind::Ask,
    Kind::Tell,
    Kind::Try,
    Kind::Answer,
    Kind::News,
    Kind::Line,
    Kind::Refused,
    Kind::Leave,
    Kind::Look,
];

impl<'a> Note<'a> {
    /// Reads a note; none if it is none of this version's.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (head, json) = text.split_once('\n')?;
        let mut fields = head.splitn(7, '\t');
        let kind = *KINDS.get(fields.next()?.parse::<usize>().ok()?)?;
        let (from, to) = (fields.next()?, fields.next()?);
        let number = fields.next()?.parse().ok()?;
        let by = fields.next()?;
        let at = fields.next()?.parse().ok()?;
        Some(Self { kind, from, to, number, by, at, name: fields.next()?, json })
    }

    pub(super) fn write(&self) -> String {
        let mut text = String::with_capacity(100 + self.json.len());
        for field in [
            &(self.kind as u8).to_string(),
            self.from,
            self.to,
            &self.number.to_string(),
            self.by,
            &self.at.to_string(),
            self.name,
        ] {
            if !text.is_empty() {
                text.push('\t');
            }
            text.push_str(field);
        }
        text.push('\n');
        text.push_str(self.json);
        text
    }
}
