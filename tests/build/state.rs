//! A tree with changes does not pass for its commit, nor for another tree with changes.

use std::fs;

use crate::scene::Scene;

/// The tag that tells most of what would be built.
fn tag(scene: &Scene) -> String {
    let told = scene.build(&["--dry-run", "--allow-stale"]).done();
    let words = told.out.split_whitespace();
    let tag = words.skip_while(|word| *word != "inspect").nth(1);
    tag.expect("an image").to_owned()
}

fn registry(scene: &Scene) {
    scene.add(
        "oarlock.yaml",
        "deploy: { image: { registry: registry.example.com } }\n",
    );
    scene.oarlock_in(&scene.project, &["generate"], &[]).done();
    scene.commit();
}

#[test]
fn a_changed_submodule_is_a_change_whatever_settings_say_of_it() {
    for ignore in ["all", "dirty", "untracked"] {
        let scene = Scene::new(&format!("submodule-{ignore}"));
        let other = scene.folder.join("other");
        fs::create_dir_all(&other).expect("a folder");
        fs::write(other.join("lib.rs"), "// a\n").expect("a file");
        let other = other.to_str().expect("text");
        scene.git(&["init", "--quiet", other]);
        scene.git(&["-C", other, "add", "--all"]);
        scene.git(&["-C", other, "commit", "--quiet", "--message", "one"]);
        let add = ["submodule", "--quiet", "add", other, "services/shared"];
        scene.git(&[&["-c", "protocol.file.allow=always"], &add[..]].concat());
        let set = ["config", "--file", ".gitmodules"];
        scene.git(&[&set[..], &["submodule.services/shared.ignore", ignore]].concat());
        let head = scene.commit();
        let clean = format!("petstore:1.0.0-{}", &head[..12]);
        assert_eq!(tag(&scene), clean);
        let change = match ignore {
            "untracked" => "services/shared/new.rs",
            _ => "services/shared/lib.rs",
        };
        scene.write(change, "// b\n");
        let first = tag(&scene);
        assert!(first.starts_with(&format!("{clean}-dirty-")), "{first}");
        scene.write(change, "// c\n");
        assert_ne!(tag(&scene), first);
        scene
            .build(&["--dry-run", "--since", "HEAD"])
            .done()
            .tells("petstore: built, since services/shared differs from HEAD");
    }
}

#[test]
fn what_images_take_and_git_does_not_look_at_is_a_change() {
    let scene = Scene::new("unseen");
    scene.add(".gitignore", "local.rs\n.DS_Store\ngen/\n*.log\ntarget/\n");
    registry(&scene);
    let clean = tag(&scene);
    // Images have nothing of these.
    for path in [
        "services/petstore/.DS_Store",
        "services/petstore/target/a.rs",
        "target/b.log",
        "docs/local.rs",
        "docs/gen/a.rs",
    ] {
        scene.write(path, "a\n");
    }
    assert_eq!(tag(&scene), clean);
    for path in [
        "services/petstore/src/local.rs",
        "services/petstore/gen/a.rs",
        "services/local.rs",
        "api/src/local.rs",
        ".cargo/a.log",
    ] {
        scene.write(path, "// a\n");
        let first = tag(&scene);
        assert!(first.starts_with(&format!("{clean}-dirty-")), "{path}");
        scene.write(path, "// b\n");
        assert_ne!(tag(&scene), first, "{path}");
        let told = scene
            .build(&["--dry-run", "--push", "--allow-stale"])
            .done();
        let told = told.tells(&format!(
            "git does not look at {path}, and images are made of that: it counts as changed"
        ));
        assert!(
            !told
                .out
                .contains("docker push registry.example.com/petstore:1.0.0\n")
        );
        scene
            .build(&["--dry-run", "--allow-stale", "--since", "HEAD"])
            .done()
            .tells(&format!("petstore: built, since {path} differs from HEAD"));
        fs::remove_file(scene.project.join(path)).expect("a file");
    }
    assert_eq!(tag(&scene), clean);
    for mark in ["--assume-unchanged", "--skip-worktree"] {
        let main = "services/petstore/src/main.rs";
        scene.git(&["update-index", mark, main]);
        scene.add(main, "// a\n");
        let dirty = tag(&scene);
        assert!(dirty.starts_with(&format!("{clean}-dirty-")), "{mark}");
        scene.git(&["update-index", &mark.replacen("--", "--no-", 1), main]);
        scene.git(&["checkout", "--quiet", "--", main]);
        assert_eq!(tag(&scene), clean);
    }
}

#[test]
fn a_repository_that_is_there_and_cannot_be_read_is_none_to_push_from() {
    let scene = Scene::new("unread");
    registry(&scene);
    scene.git(&["worktree", "add", "--quiet", "../tree"]);
    let tree = scene.folder.join("tree");
    scene.oarlock_in(&tree, &["build", "--dry-run"], &[]).done();
    let repository = scene.project.join(".git");
    let away = scene.folder.join("away");
    fs::rename(&repository, &away).expect("a folder");
    for arguments in [&["build"][..], &["build", "--push"], &["build", "--tag=x"]] {
        scene
            .oarlock_in(&tree, arguments, &[])
            .ends(2)
            .tells("git cannot read the repository ")
            .tells("/tree/.git: ");
    }
    assert!(scene.asked().is_empty());
    fs::rename(&away, &repository).expect("a folder");
    // Nobody is there to read it.
    scene.without(&["git"]);
    scene
        .build(&["--dry-run"])
        .done()
        .tells("git is not on the PATH: images are tagged by the document's version alone");
    scene
        .build(&["--push"])
        .ends(2)
        .tells("--push: there is a repository (")
        .tells("but git is not on the PATH: nobody could tell what the tag of the version holds");
    assert!(scene.asked().is_empty());
    let told = scene
        .build(&["--push", "--tag", "mine", "--dry-run"])
        .done();
    assert!(
        told.out
            .contains("docker push registry.example.com/petstore:mine\n")
    );
    // No repository is no reason not to push.
    fs::remove_dir_all(&repository).expect("a folder");
    let told = scene.build(&["--push", "--dry-run"]).done();
    assert!(
        told.out
            .contains("docker push registry.example.com/petstore:1.0.0\n")
    );
}

#[test]
fn each_state_of_a_changed_tree_has_a_tag_of_its_own() {
    let scene = Scene::several("states");
    let tags = || -> Vec<String> {
        let told = scene.build(&["--dry-run", "--allow-stale"]).done();
        let inspected = told.out.lines().filter(|line| line.contains(" inspect "));
        inspected.map(str::to_owned).collect()
    };
    let differ = |one: &[String], other: &[String]| -> Vec<bool> {
        one.iter()
            .zip(other)
            .map(|(one, other)| one != other)
            .collect()
    };
    let clean = tags();
    assert_eq!(clean.len(), 3);
    scene.add("services/cart/src/main.rs", "// a\n");
    let first = tags();
    assert_eq!(differ(&clean, &first), [true; 3]);
    assert_eq!(tags(), first);
    // In the order of the document's settings: orders, cart, catalog.
    scene.add("services/cart/src/main.rs", "// b\n");
    let second = tags();
    let of_cart: Vec<bool> = first.iter().map(|tag| tag.contains("/cart:")).collect();
    assert_eq!(differ(&first, &second), of_cart);
    scene.git(&["add", "--all"]);
    assert_eq!(tags(), second, "staged");
    scene.write("services/orders/src/new.rs", "");
    let third = tags();
    let of_orders: Vec<bool> = first.iter().map(|tag| tag.contains("/orders:")).collect();
    assert_eq!(differ(&second, &third), of_orders);
    scene.add("README.md", "no image has it\n");
    assert_eq!(tags(), third);
    scene.add("api/src/lib.rs", "// c\n");
    assert_eq!(differ(&third, &tags()), [true; 3]);
}
