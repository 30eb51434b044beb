//! Where a project is deployed to: names, files, and what is refused before anything is asked.

use crate::scene::Scene;

#[test]
fn an_environment_is_a_file_or_what_oarlock_yaml_says_of_it() {
    let scene = Scene::new("environments");
    scene.write("deploy/environments/staging.yaml", "{}\n");
    // The file is the user's: the tree is in step with it.
    scene.oarlock_in(&scene.project, &["check"], &[]).done();
    scene.deploy(&["staging"]).done();
    let upgrade = scene.upgrade().expect("an upgrade").join(" ");
    assert!(
        upgrade
            .contains("--reset-values --values ./deploy/environments/staging.yaml --history-max"),
        "{upgrade}"
    );
    scene.write("deploy/environments/over all.yaml", "{}\n");
    scene.add(
        "oarlock.yaml",
        "environments:\n  production:\n    values: [deploy/environments/staging.yaml, deploy/environments/over all.yaml]\n    namespace: shop\n    \
         create_namespace: true\n    release: blue\n    context: eu-1\n    timeout: 10m\n",
    );
    scene.oarlock_in(&scene.project, &["check"], &[]).done();
    scene
        .deploy(&["production"])
        .done()
        .tells("all must be ready within 600s");
    let upgrade = scene.upgrade().expect("an upgrade").join("\t");
    assert_eq!(
        upgrade,
        "helm\tupgrade\tblue\t./deploy/chart\t--install\t--create-namespace\t--reset-values\t--values\t./deploy/environments/staging.yaml\t\
         --values\t./deploy/environments/over all.yaml\t--history-max\t10\t--wait\t--atomic\t--timeout\t600s\t--namespace\tshop\t--kube-context\teu-1"
    );
    // The command line goes over it, its files behind.
    scene.write("more.yaml", "{}\n");
    let over = [
        "production",
        "-n",
        "other",
        "--release",
        "green",
        "--context",
        "us-1",
        "--timeout",
        "1m",
        "-f",
        "more.yaml",
    ];
    scene.deploy(&over).done();
    let upgrade = scene.upgrade().expect("an upgrade").join(" ");
    for words in [
        "upgrade green ",
        "over all.yaml --values ./more.yaml ",
        "--timeout 60s --namespace other --kube-context us-1",
    ] {
        assert!(upgrade.contains(words), "{words}: {upgrade}");
    }
    let told = scene.deploy(&["prod"]).ends(2);
    told.tells("there is no environment \"prod\"; the project has: production: write deploy/environments/prod.yaml");
    let told = scene.deploy(&[]).ends(2);
    told.tells("the project has environments: name one of them");
    assert!(scene.asked().is_empty());
}

/// What is said on the command line, and the words that refuse it.
const REFUSED: [(&[&str], &str); 21] = [
    (
        &["../x"],
        "this must be the name of an environment: lower-case letters",
    ),
    (&["a/b"], "the name of an environment"),
    (&["Prod"], "the name of an environment"),
    (
        &["prod"],
        "there is no environment \"prod\"; the project has none: write deploy/environments/prod.yaml",
    ),
    (&["--release", "1shop"], "the name of a release"),
    (&["--release", "a_b"], "the name of a release"),
    (&["--release", "shop-"], "the name of a release"),
    (&["--release", ""], "the name of a release"),
    (
        &[
            "--release",
            "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz1",
        ],
        "the name of a release: lower-case letters, digits and `-`, at most 53",
    ),
    (&["--namespace", "Shop"], "the name of a namespace"),
    (&["--namespace=-x"], "the name of a namespace"),
    (&["--context", ""], "the name of a context"),
    (
        &["--timeout", "5"],
        "a length of time in whole seconds with its unit",
    ),
    (&["--timeout", "0m"], "a length of time above 0"),
    (
        &["--values", "gone.yaml"],
        "--values: there is no file gone.yaml",
    ),
    (
        &["--values", "https://example.com/values.yaml"],
        "there is no file https://example.com/values.yaml",
    ),
    (
        &["--values", "/dev/null"],
        "--values: /dev/null must be a file on a disk",
    ),
    (
        &["--kubeconfig", "gone"],
        "--kubeconfig: there is no file gone",
    ),
    (
        &["--set", "petstore.environment.DB_PASSWORD=hunter2"],
        "a secret by its name",
    ),
    (
        &["--set", "a=1,petstore.environment.API_TOKEN=hunter2"],
        "put it into a Secret of the cluster",
    ),
    (&["--set", "hunter2"], "--set: this must be KEY=VALUE"),
];

#[test]
fn what_cannot_be_a_name_or_is_not_there_is_refused_before_anything_is_asked() {
    let scene = Scene::new("refused");
    for (arguments, words) in REFUSED {
        let told = scene.deploy(arguments).ends(2);
        assert!(told.err.contains(words), "{arguments:?}: {}", told.err);
        assert!(
            scene.asked().is_empty() && told.out.is_empty() && !told.err.contains("hunter2"),
            "{arguments:?}"
        );
    }
}

#[test]
fn slips_in_oarlock_yaml_are_told() {
    let scene = Scene::new("slips");
    let before = std::fs::read_to_string(scene.project.join("oarlock.yaml")).expect("settings");
    for (lines, words) in [
        (
            "environments: { prod: { namespce: shop } }",
            "unknown field `namespce`",
        ),
        (
            "environments: { prod: { release: Shop } }",
            "the name of a release",
        ),
        (
            "environments: { ../prod: {} }",
            "the name of an environment",
        ),
        (
            "environments: { prod: {}, prod: {} }",
            "\"prod\" stands twice",
        ),
        (
            "environments: { prod: { timeout: soon } }",
            "a length of time in whole seconds",
        ),
        (
            "environments: { prod: { timeout: 0s } }",
            "a length of time above 0",
        ),
        (
            "environments:\n  prod:\n    namespace: shop\n    context:\n",
            "environments.prod.context: nothing is said here: write a value, or leave out the whole key at line",
        ),
        (
            "environments: { prod: { context: ~ } }",
            "nothing is said here",
        ),
        (
            "environments: { prod: { namespace: null } }",
            "nothing is said here",
        ),
        (
            "environments: { prod: { release: } }",
            "nothing is said here",
        ),
        (
            "environments: { prod: { timeout: } }",
            "nothing is said here",
        ),
        (
            "environments: { prod: { values: } }",
            "`values` names nothing: write a list of files",
        ),
        (
            "environments: { prod: { values: [gone.yaml] } }",
            "environments: prod: values: there is no file ./gone.yaml",
        ),
    ] {
        scene.write("oarlock.yaml", &format!("{before}{lines}\n"));
        scene.deploy(&["prod"]).ends(2).tells(words);
        assert!(scene.asked().is_empty(), "{lines}");
    }
}

#[test]
fn a_file_that_would_be_passed_over_is_told() {
    let scene = Scene::new("passed-over");
    scene.write("deploy/environments/README.md", "");
    scene.deploy(&[]).done();
    scene.asked();
    for file in ["Production.yaml", "eu_1.yaml", "production.yml"] {
        scene.write(&format!("deploy/environments/{file}"), "{}\n");
    }
    let told = scene.deploy(&[]).ends(2);
    told.tells("nothing says where to: no environment can have the name of these files in deploy/environments: Production.yaml, eu_1.yaml, production.yml");
    let told = scene.deploy(&["eu-1"]).ends(2);
    told.tells("write deploy/environments/eu-1.yaml, or say `environments: { eu-1: {} }` in oarlock.yaml; no environment can have the name of these files");
    scene.add(
        "oarlock.yaml",
        "environments: { production: { namespace: shop }, staging: {} }\n",
    );
    let told = scene.deploy(&["production"]).ends(2);
    told.tells("deploy/environments/Production.yaml is not read for \"production\": call it production.yaml");
    assert!(scene.asked().is_empty());
    scene.deploy(&["staging"]).done();
}

#[test]
fn a_file_that_environments_share_is_none() {
    let scene = Scene::new("shared");
    for file in ["all.yaml", "production.yaml", "over all.yaml"] {
        scene.write(&format!("deploy/environments/{file}"), "{}\n");
    }
    let values = "[./deploy/environments/all.yaml, deploy/environments/over all.yaml, deploy/environments/production.yaml]";
    scene.add(
        "oarlock.yaml",
        &format!("environments:\n  production: {{ values: {values} }}\n"),
    );
    scene.deploy(&["production"]).done();
    scene.asked();
    let told = scene.deploy(&["all"]).ends(2);
    told.tells("there is no environment \"all\": deploy/environments/all.yaml is one of the values of production; where it is to be an environment too, say `environments: { all: {} }`");
    let told = scene.deploy(&[]).ends(2);
    told.tells("name one of them, as in `oarlock deploy production`: production\n");
    assert!(scene.asked().is_empty());
}
