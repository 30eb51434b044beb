//! The handlers of `tools`.

use std::time::Duration;

use oarlock_runtime::{Problem, RequestContext, client::Client};
use workshop_api::{
    callbacks::{Callbacks, ToolReturnedRequest},
    tools::*,
    types::{Asked, Place},
};

use crate::App;

impl Tools for App {
    async fn find_tools(
        &self,
        request: FindToolsRequest,
        _cx: &RequestContext,
    ) -> Result<FindToolsResponse, Problem> {
        Ok(FindToolsResponse::Ok(Asked {
            r#where: request.r#where,
            filter: request.filter,
            sizes: request.sizes,
            key: request.key.map(|key| serde_json::json!(key)),
            sort: request.sort,
            kind: serde_json::json!(request.kind).as_str().map(str::to_owned),
            flag: request.flag,
            from: request.from,
            session: request.session,
            seen: request.seen,
            bounds: request.x_bounds,
        }))
    }

    async fn search_tools(
        &self,
        request: SearchToolsRequest,
        _cx: &RequestContext,
    ) -> Result<SearchToolsResponse, Problem> {
        Ok(SearchToolsResponse::Ok(request.body))
    }

    async fn link_tools(&self, _cx: &RequestContext) -> Result<LinkToolsResponse, Problem> {
        Ok(LinkToolsResponse::NoContent)
    }

    async fn drop_tools(
        &self,
        request: DropToolsRequest,
        _cx: &RequestContext,
    ) -> Result<DropToolsResponse, Problem> {
        let count = request.body.map_or(0, |names| names.len() as i64);
        Ok(DropToolsResponse::Ok(count.into()))
    }

    async fn search_by_query(
        &self,
        request: SearchByQueryRequest,
        _cx: &RequestContext,
    ) -> Result<SearchByQueryResponse, Problem> {
        let place = request.all.ok_or_else(|| Problem::not_found("nothing was asked"))?;
        Ok(SearchByQueryResponse::Ok(place))
    }

    async fn tool_as_json(
        &self,
        request: ToolAsJsonRequest,
        _cx: &RequestContext,
    ) -> Result<ToolAsJsonResponse, Problem> {
        Ok(ToolAsJsonResponse::Ok(request.name))
    }

    async fn lend_tool(
        &self,
        request: LendToolRequest,
        cx: &RequestContext,
    ) -> Result<LendToolResponse, Problem> {
        // What is tried runs on this machine, whose addresses are private.
        let client = Client::default()
            .allow_private_addresses(true)
            .with_timeout(Duration::from_secs(5));
        let body = Place {
            room: 7.into(),
            shelf: Some(request.name.clone()),
            exact: None,
        };
        let callbacks = Callbacks(client);
        let told = callbacks.tool_returned(cx.exchange(None), ToolReturnedRequest { body });
        match told.await {
            Ok(_) => Ok(LendToolResponse::Ok(request.name)),
            Err(error) => Err(Problem::conflict(error.to_string())),
        }
    }

    async fn tool_range(
        &self,
        request: ToolRangeRequest,
        _cx: &RequestContext,
    ) -> Result<ToolRangeResponse, Problem> {
        let sum = [request.from, request.to].map(|one| one.to_string().parse::<i64>().unwrap_or(0));
        Ok(ToolRangeResponse::Ok((sum[0] + sum[1]).into()))
    }

    async fn tool_matrix(
        &self,
        request: ToolMatrixRequest,
        _cx: &RequestContext,
    ) -> Result<ToolMatrixResponse, Problem> {
        let count = request.ids.len();
        let shelf = request.place.shelf.map(|shelf| format!("{shelf} of {count}"));
        Ok(ToolMatrixResponse::Ok(Place { shelf, ..request.place }))
    }
}
