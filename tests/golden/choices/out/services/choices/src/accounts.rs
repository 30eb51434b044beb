//! The handlers of `accounts`.

use choices_api::accounts::*;
use oarlock_runtime::{Problem, RequestContext, example};

use crate::App;

impl Accounts for App {
    async fn add_account(
        &self,
        _request: AddAccountRequest,
        _cx: &RequestContext,
    ) -> Result<AddAccountResponse, Problem> {
        example!()
    }
}
