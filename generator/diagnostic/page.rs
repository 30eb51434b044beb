//! The long text behind each code.

use super::Code;

impl Code {
    /// The page of this code in Markdown: what the mistake means, a document that makes it, and the same document mended.
    pub fn page(self) -> &'static str {
        // Written out, so that a code without a page does not compile.
        match self {
            Code::Syntax => include_str!("pages/E001.md"),
            Code::DuplicateKey => include_str!("pages/E002.md"),
            Code::TooDeep => include_str!("pages/E003.md"),
            Code::TooLarge => include_str!("pages/E004.md"),
            Code::KeyNotScalar => include_str!("pages/E005.md"),
            Code::DocumentCount => include_str!("pages/E006.md"),
            Code::MissingField => include_str!("pages/E010.md"),
            Code::WrongKind => include_str!("pages/E011.md"),
            Code::UnsupportedVersion => include_str!("pages/E012.md"),
            Code::UnresolvedReference => include_str!("pages/E013.md"),
            Code::ReferenceLoop => include_str!("pages/E014.md"),
            Code::InvalidValue => include_str!("pages/E015.md"),
            Code::FileNotRead => include_str!("pages/E019.md"),
            Code::InvalidObjective => include_str!("pages/E020.md"),
            Code::Unsupported => include_str!("pages/E100.md"),
            Code::BrokenRule => include_str!("pages/E200.md"),
            Code::InvalidStack => include_str!("pages/E201.md"),
            Code::StackVersion => include_str!("pages/E202.md"),
            Code::StackChanged => include_str!("pages/E203.md"),
            Code::UnknownField => include_str!("pages/W001.md"),
            Code::IgnoredSibling => include_str!("pages/W002.md"),
            Code::NoExample => include_str!("pages/W003.md"),
            Code::UnnamedMember => include_str!("pages/W004.md"),
            Code::NameClash => include_str!("pages/W005.md"),
            Code::ExampleMisfit => include_str!("pages/W006.md"),
            Code::ReadAsMeant => include_str!("pages/W007.md"),
            Code::UnknownSecurityScheme => include_str!("pages/W008.md"),
            Code::DuplicateOperation => include_str!("pages/W009.md"),
            Code::PathParameter => include_str!("pages/W010.md"),
        }
    }

    /// The mistake in one line: the title of its page, without the code.
    pub fn title(self) -> &'static str {
        let line = self.page().lines().next().unwrap_or_default();
        line.split_once(": ").map_or(line, |(_, title)| title)
    }
}
