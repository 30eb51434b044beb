//! The commands of a build in their order: all images, then what their binaries tell, then the registry.

use super::{
    engine,
    plan::{Job, Plan},
};
use crate::command::invocation::Invocation;

/// One command, and what it is for.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) purpose: Purpose<'a>,
    pub(super) invocation: Invocation,
}

/// What a command is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose<'a> {
    Build(&'a Job),
    Create(&'a Job),
    Copy(&'a Job),
    Remove,
    Licences,
    Push(&'a Job),
    Inspect(&'a Job),
}

/// The commands of a plan; none where nothing is to be built.
pub(super) fn steps(plan: &Plan) -> Vec<Step<'_>> {
    let engine = plan.engine;
    let step = |purpose, invocation| Step {
        purpose,
        invocation,
    };
    let mut steps = Vec::new();
    for job in &plan.jobs {
        steps.push(step(Purpose::Build(job), engine.build(plan, job)));
    }
    for job in &plan.jobs {
        steps.push(step(Purpose::Create(job), engine.create(plan, job)));
        steps.push(step(Purpose::Copy(job), engine.copy()));
        steps.push(step(Purpose::Remove, engine.remove()));
    }
    if !plan.jobs.is_empty() {
        steps.push(step(Purpose::Licences, engine::licences(plan)));
    }
    for job in plan.jobs.iter().filter(|_| plan.push) {
        for tag in job.tags.iter().filter(|tag| tag.is_public) {
            let image = job.named(&tag.name);
            steps.push(step(Purpose::Push(job), engine.push(&image)));
        }
    }
    for job in &plan.jobs {
        steps.push(step(Purpose::Inspect(job), engine.inspect(job)));
    }
    steps
}
