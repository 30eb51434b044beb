//! The parts of `multipart/form-data` as generated code has them: each by its name, files as they come. A form has
//! two sides: a server is given the parts that come in, a client gives those that go out.

#[cfg(feature = "server")]
mod received;
mod sent;
#[cfg(test)]
#[cfg(feature = "server")]
mod tests;

use std::fmt;

use crate::{FormData, Problem};

#[cfg(feature = "server")]
pub(crate) use received::whole;
#[cfg(feature = "server")]
pub use received::{FromPart, ReceivedPart};
pub use sent::{IntoPart, SentPart};

/// The parts of a form, one after the other. A file's bytes are to be read before the next part is asked for; what is
/// left of them is passed over.
pub struct Parts<P>(Side<P>);

enum Side<P> {
    #[cfg(feature = "server")]
    Received(Box<received::Received<P>>),
    Sent(Box<dyn Iterator<Item = P> + Send>),
}

impl<P> Parts<P> {
    /// Parts to be sent.
    pub fn of<I>(parts: I) -> Self
    where
        I: IntoIterator<Item = P>,
        I::IntoIter: Send + 'static,
    {
        Parts(Side::Sent(Box::new(parts.into_iter())))
    }

    /// The next part; none at the end. Parts to be sent are taken out.
    ///
    /// # Errors
    /// Where the form is broken off, a part is not what the document asks for, or one that it asks for has not come.
    pub async fn next(&mut self) -> Result<Option<P>, Problem> {
        match &mut self.0 {
            #[cfg(feature = "server")]
            Side::Received(received) => received.next().await,
            Side::Sent(parts) => Ok(parts.next()),
        }
    }

    /// The form to be sent.
    ///
    /// # Errors
    /// Where a part cannot be written, or the form is one that comes in.
    pub fn into_form(self) -> Result<FormData, String>
    where
        P: IntoPart,
    {
        match self.0 {
            #[cfg(feature = "server")]
            Side::Received(_) => Err("the parts of a form that comes in cannot be sent on".into()),
            Side::Sent(parts) => {
                let mut parts = parts.map(IntoPart::into_part);
                parts.try_fold(FormData::new(), |form, part| part.add_to(form))
            }
        }
    }
}

impl<P> fmt::Debug for Parts<P> {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(match self.0 {
            #[cfg(feature = "server")]
            Side::Received(_) => "Parts(stream)",
            Side::Sent(_) => "Parts(to be sent)",
        })
    }
}
