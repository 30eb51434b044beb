//! The usual ways in which parameters are written.

use crate::{Encoding, Style};

impl Encoding {
    /// `style: form` with `explode`: what queries and cookies have where the document says nothing.
    pub const FORM: Encoding = Encoding::new(Style::Form, true);
    /// `style: simple`: what paths have where the document says nothing.
    pub const SIMPLE: Encoding = Encoding::new(Style::Simple, false);
    /// `style: deepObject`.
    pub const DEEP_OBJECT: Encoding = Encoding::new(Style::DeepObject, true);

    /// A style, with or without `explode`.
    pub const fn new(style: Style, explode: bool) -> Self {
        Encoding {
            style,
            explode,
            allow_reserved: false,
        }
    }

    /// The same with `allowReserved`.
    #[must_use]
    pub const fn reserved(self) -> Self {
        Encoding {
            allow_reserved: true,
            ..self
        }
    }
}
