//! What is shown of what changes, and what never is.

use crate::scene::{IMAGE, Scene, deployment};

fn secret(password: &str, user: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Secret\nmetadata: {{ name: db, namespace: shop }}\ntype: Opaque\ndata: {{ password: {password}, user: {user} }}\nstringData: {{ extra: {password} }}\n"
    )
}

fn variable(value: &str) -> String {
    deployment(IMAGE, 3)
        + &format!(
            "          env:\n            - {{ name: DB_PASSWORD, value: {value} }}\n            - {{ name: LEVEL, value: open }}\n"
        )
}

#[test]
fn objects_come_and_go_one_by_one() {
    let scene = Scene::new("objects");
    let map = |name: &str, value: &str| {
        format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name}, namespace: shop }}\ndata: {{ a: {value} }}\n"
        )
    };
    scene.has_release(&(deployment(IMAGE, 3) + &map("old", "x") + &map("kept", "x")));
    let hook = "apiVersion: v1\nkind: Pod\nmetadata: { name: petstore-test }\n";
    let now = deployment(IMAGE, 3) + &map("new", "x") + &map("kept", "\u{1b}[31m");
    scene.plan_with(
        &now.replace('\u{1b}', "\"\\e").replace("[31m }", "[31m\" }"),
        hook,
        5,
    );
    let told = scene.deploy(&["--dry-run"]).done();
    let headers: Vec<&str> = told
        .out
        .lines()
        .filter(|line| line.starts_with("--- ") || line.starts_with("+++ "))
        .collect();
    assert_eq!(
        headers,
        [
            "--- ConfigMap kept, as installed",
            "+++ ConfigMap kept, as asked for",
            "--- no ConfigMap new",
            "+++ ConfigMap new",
            "--- ConfigMap old",
            "+++ no ConfigMap old",
            "--- no hook Pod petstore-test",
            "+++ hook Pod petstore-test",
        ]
    );
    assert!(!told.out.contains('\u{1b}'), "{}", told.out);
    told.tells("2 objects are created, 1 object is changed, 1 object is removed\n");
}

#[test]
fn no_value_of_a_secret_is_shown() {
    let scene = Scene::new("secrets");
    let (old, new) = ("aHVudGVyMg==", "czNjcjN0");
    scene.has_release(&(secret(old, "dXNlcg==") + &variable("hunter2")));
    scene.plan(&(secret(new, "dXNlcg==") + &variable("s3cr3t")), 5);
    let told = scene.deploy(&["--dry-run"]).done();
    for value in [old, new, "dXNlcg==", "hunter2", "s3cr3t"] {
        assert!(
            !told.out.contains(value) && !told.err.contains(value),
            "{value}\n{}",
            told.out
        );
    }
    let told = told.shows("-  password: (hidden)\n+  password: (hidden, another value)\n");
    let told = told
        .shows("   user: (hidden)\n")
        .shows("-  extra: (hidden)\n+  extra: (hidden, another value)\n");
    told.shows("-          value: (hidden)\n+          value: (hidden, another value)\n")
        .tells("2 objects are changed");
    // What comes and goes is not shown either; variables that are no secrets are.
    scene.has_release(&secret(old, "dXNlcg=="));
    scene.plan(&variable("s3cr3t"), 5);
    let told = scene.deploy(&[]).done();
    for value in [old, "dXNlcg==", "s3cr3t"] {
        assert!(
            !told.out.contains(value) && !told.err.contains(value),
            "{value}\n{}",
            told.out
        );
    }
    told.shows("-  password: (hidden)\n")
        .shows("+          value: open\n");
}

#[test]
fn a_secret_that_stays_is_no_difference() {
    let scene = Scene::new("same-secrets");
    scene.has_release(&(secret("aHVudGVyMg==", "dXNlcg==") + &deployment(IMAGE, 3)));
    scene.plan(
        &(deployment(IMAGE, 3) + &secret("aHVudGVyMg==", "dXNlcg==")),
        5,
    );
    scene.deploy(&[]).done().tells("nothing to do");
    assert_eq!(scene.upgrade(), None);
}

#[test]
fn a_secret_that_changes_beside_its_like_is_shown() {
    let scene = Scene::new("beside");
    let two = |first: &str, second: &str| {
        let variable = |value| {
            format!("          env:\n            - {{ name: DB_PASSWORD, value: {value} }}\n")
        };
        deployment(IMAGE, 3)
            + &variable(first)
            + "        - name: sidecar\n          image: sidecar:1\n"
            + &variable(second)
    };
    scene.has_release(&two("one", "two"));
    scene.plan(&two("two", "two"), 5);
    let told = scene
        .deploy(&["--dry-run"])
        .done()
        .tells("1 object is changed\n");
    let other = "-          value: (hidden)\n+          value: (hidden, another value)\n";
    assert_eq!(told.shows(other).out.matches("another value").count(), 1);
    // One that goes does not make others of those behind it.
    let listed = |names: &[&str]| {
        let variables = names
            .iter()
            .map(|name| format!("            - {{ name: {name}, value: {name} }}\n"));
        deployment(IMAGE, 3) + "          env:\n" + &variables.collect::<String>()
    };
    scene.has_release(&listed(&["A_TOKEN", "B_TOKEN", "C_TOKEN"]));
    scene.plan(&listed(&["B_TOKEN", "C_TOKEN"]), 5);
    let told = scene
        .deploy(&["--dry-run"])
        .done()
        .shows("-        - name: A_TOKEN\n");
    assert!(!told.out.contains("another value"), "{}", told.out);
}

#[test]
fn what_is_secret_by_its_name_or_its_form_is_not_shown() {
    let scene = Scene::new("names");
    let names = [
        "OTEL_EXPORTER_OTLP_HEADERS",
        "DB_PASS",
        "DB_PWD",
        "AWS_ACCESS_KEY",
        "SIGNING_KEY",
        "ENCRYPTION_KEY",
        "DB_PASSWORD_PROD",
        "JWT",
    ];
    let all = |value: &str| {
        let variables =
            names.map(|name| format!("            - {{ name: {name}, value: {value} }}\n"));
        let url = format!(
            "            - {{ name: DATABASE_URL, value: \"postgres://app:{value}@db/shop\" }}\n"
        );
        let map = format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: more, namespace: shop }}\ndata:\n  JWT: {value}\n  ADDRESS: http://a:{value}@b\n  LEVEL: open\n"
        );
        deployment(IMAGE, 3)
            + "          args: [\"--password="
            + value
            + "\"]\n          env:\n"
            + &variables.concat()
            + &url
            + &map
    };
    scene.has_release(&all("hunter2"));
    scene.plan(&all("hunter3"), 5);
    let told = scene.deploy(&["--dry-run"]).done();
    assert!(!told.out.contains("hunter"), "{}", told.out);
    let changes = [
        "+          - --password=(hidden, another value)\n",
        "+            value: postgres://app:(hidden, another value)@db/shop\n",
    ];
    assert_eq!(
        told.out.matches("value: (hidden, another value)").count(),
        names.len()
    );
    let told = changes.iter().fold(told, |told, line| {
        told.shows(line.trim_start_matches("+ ").trim_start())
    });
    told.shows("+  ADDRESS: http://a:(hidden, another value)@b\n")
        .shows("+  JWT: (hidden, another value)\n")
        .shows("   LEVEL: open\n");
}

#[test]
fn how_many_pods_an_autoscaler_has_made_is_no_difference() {
    let scene = Scene::new("autoscaled");
    let scaler = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: petstore, namespace: shop }\nspec:\n  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: petstore }\n";
    let scaled = |replicas| deployment(IMAGE, replicas) + scaler;
    scene.has_release(&scaled(3));
    scene.plan(&scaled(7), 5);
    scene.deploy(&[]).done().tells("nothing to do");
    assert_eq!(scene.upgrade(), None);
    let other = scaled(7).replace(IMAGE, "petstore:2");
    scene.plan(&other, 5);
    let told = scene
        .deploy(&["--dry-run"])
        .done()
        .shows("petstore:2")
        .tells("1 object is changed\n");
    assert!(!told.out.contains("replicas: 3"), "{}", told.out);
    // Where it comes or goes, the number is shown.
    for (before, after) in [
        (deployment(IMAGE, 3), scaled(7)),
        (scaled(3), deployment(IMAGE, 7)),
    ] {
        scene.has_release(&before);
        scene.plan(&after, 5);
        scene
            .deploy(&["--dry-run"])
            .done()
            .shows("-  replicas: 3\n+  replicas: 7\n");
    }
}
