//! What a request that failed is answered: the most fitting of what the document declares.

use http::{Method, StatusCode};

use crate::{
    ErrorAnswer, Problem, Response,
    auth::Reason,
    operation::{Cause, Declared},
};

/// The most fitting of the declared answers, and the status under which it goes out.
pub(super) fn choose<A>(
    errors: &'static [ErrorAnswer<A>],
    cause: &Cause,
) -> (u16, Option<&'static ErrorAnswer<A>>) {
    let own;
    let (first, natural, last): (&[u16], u16, &[u16]) = match cause {
        Cause::Handler(problem) => {
            own = [problem.status.as_u16()];
            (&own, own[0], &[])
        }
        Cause::Invalid(_) | Cause::Unread | Cause::Damaged(_) => (&[422, 400], 400, &[]),
        Cause::MediaType(_) | Cause::Coding(_) => (&[415], 415, &[400, 422]),
        Cause::NotAcceptable(_) => (&[406], 406, &[]),
        Cause::TooLarge(_) => (&[413], 413, &[400, 422]),
        Cause::Slow => (&[408], 408, &[400]),
        Cause::TooOften(_) => (&[429], 429, &[]),
        Cause::Busy => (&[503], 503, &[]),
        Cause::TimedOut => (&[504, 503], 503, &[]),
        Cause::Unauthorized(refusal) => match refusal.reason() {
            Reason::Unavailable => (&[503], 503, &[]),
            Reason::Forbidden => (&[403], 403, &[401]),
            Reason::Unknown | Reason::InvalidToken => (&[401], 401, &[403]),
        },
        Cause::Internal => (&[500], 500, &[]),
    };
    let declared = |status: Declared| errors.iter().find(|answer| answer.status == status);
    let exact = |statuses: &[u16]| {
        let mut found = statuses
            .iter()
            .map(|one| (*one, declared(Declared::Exact(*one))));
        found.find(|(_, answer)| answer.is_some())
    };
    #[expect(clippy::cast_possible_truncation, reason = "a status has three digits")]
    let class = (natural / 100) as u8;
    let wide = declared(Declared::Range(class)).or_else(|| declared(Declared::Default));
    exact(first)
        .or_else(|| wide.map(|answer| (natural, Some(answer))))
        .or_else(|| exact(last))
        .unwrap_or((natural, None))
}

pub(super) fn problem(status: u16, cause: Cause) -> Problem {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match cause {
        Cause::Handler(problem) => problem,
        Cause::Invalid(errors) => {
            let mut problem = Problem::new(status, Problem::detail_of(&errors));
            problem.errors = errors;
            problem
        }
        Cause::MediaType(declared) => {
            let types = declared.contents.iter().map(|(media_type, _)| *media_type);
            let words = types.collect::<Vec<_>>().join(" or ");
            Problem::new(status, format!("the body's media type must be {words}"))
        }
        Cause::Coding(words) => Problem::new(status, words),
        Cause::Damaged(words) => Problem::new(status, words),
        Cause::NotAcceptable(offers) => {
            let words = offers.join(" or ");
            Problem::new(
                status,
                format!("the answer is {words}, none of which is accepted"),
            )
        }
        Cause::TooLarge(most) => {
            Problem::new(status, format!("the body is larger than {most} bytes"))
        }
        Cause::Unauthorized(refusal) => Problem::new(status, refusal.detail),
        Cause::Unread => Problem::new(status, "the body ended too early"),
        Cause::Slow => Problem::new(status, "the body did not come in time"),
        Cause::TooOften(_) => Problem::new(
            status,
            "too many requests; `Retry-After` says when to come again",
        ),
        Cause::Busy => Problem::new(
            status,
            "the service works on as many requests as it can; come again in a second",
        ),
        Cause::TimedOut => Problem::new(status, "the answer was not found in time"),
        Cause::Internal => Problem::new(status, FAILED),
    }
}

pub(super) fn tell<A>(
    application: &A,
    answer: Option<&ErrorAnswer<A>>,
    problem: &Problem,
) -> Response {
    let Some(answer) = answer else {
        return problem_answer(problem);
    };
    match answer.body {
        Some(body) => {
            let body = body(application, problem);
            Response::bytes(problem.status, answer.media_type, body.into())
        }
        None => Response::empty(problem.status),
    }
}

/// What callers are told of a failure of this service.
const FAILED: &str = "the service failed; the cause is in its log";

/// The answer where this service has failed before any operation was reached.
pub(crate) fn failed() -> Response {
    problem_answer(&Problem::internal(FAILED))
}

/// An answer as RFC 9457 has it.
pub(crate) fn problem_answer(problem: &Problem) -> Response {
    Response::json(problem.status, "application/problem+json", problem)
}

/// The answer to a path that no template fits.
pub(crate) fn unknown_path() -> Response {
    problem_answer(&Problem::not_found("no operation has this path"))
}

/// The answer to a method that a path does not have.
pub(crate) fn unknown_method(allowed: &[Method]) -> Response {
    let words: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    let words = words.join(", ");
    let detail = format!("this path has no such method; it has {words}");
    let response = problem_answer(&Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail));
    response.with_header("allow", &words)
}
