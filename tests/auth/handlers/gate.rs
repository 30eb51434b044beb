//! The handlers of `gate`: each tells who has asked.

use gate_api::gate::*;
use oarlock_runtime::{Problem, RequestContext};

use crate::App;

impl Gate for App {
    async fn read_notes(
        &self,
        principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<ReadNotesResponse, Problem> {
        Ok(ReadNotesResponse::Ok(principal))
    }

    async fn write_note(
        &self,
        principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<WriteNoteResponse, Problem> {
        Ok(WriteNoteResponse::Ok(principal))
    }

    async fn me(
        &self,
        principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<MeResponse, Problem> {
        Ok(MeResponse::Ok(principal))
    }

    async fn read_stock(
        &self,
        principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<ReadStockResponse, Problem> {
        Ok(ReadStockResponse::Ok(principal))
    }

    async fn read_staff(
        &self,
        principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<ReadStaffResponse, Problem> {
        Ok(ReadStaffResponse::Ok(principal))
    }

    async fn read_sealed(
        &self,
        principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<ReadSealedResponse, Problem> {
        Ok(ReadSealedResponse::Ok(principal))
    }

    async fn either(
        &self,
        principal: Self::Principal,
        _cx: &RequestContext,
    ) -> Result<EitherResponse, Problem> {
        Ok(EitherResponse::Ok(principal))
    }
}
