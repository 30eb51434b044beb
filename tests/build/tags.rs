//! What images are called, and what they are told.

use std::fs;

use crate::scene::{Scene, TIME};

fn arguments(scene: &Scene, more: &[&str]) -> Vec<String> {
    scene.build(&[&["--allow-stale"], more].concat()).done();
    let first = scene.asked().remove(0);
    first.split('\t').map(str::to_owned).collect()
}

fn tags(words: &[String]) -> Vec<&str> {
    let pairs = words.windows(2).filter(|pair| pair[0] == "--tag");
    pairs.map(|pair| pair[1].as_str()).collect()
}

#[test]
fn changes_that_are_not_committed_show() {
    let scene = Scene::new("dirty");
    let head = scene.head();
    let short = &head[..12];
    let clean = [
        "petstore:1.0.0".to_owned(),
        format!("petstore:1.0.0-{short}"),
    ];
    assert_eq!(tags(&arguments(&scene, &[])), clean);
    let dirty = format!("petstore:1.0.0-{short}-dirty-");
    type Change = fn(&Scene);
    let changes: [(&str, Change); 4] = [
        ("changed", |scene| {
            scene.add("services/petstore/src/main.rs", "// a\n")
        }),
        ("staged", |scene| {
            scene.add("README.md", "a\n");
            scene.git(&["add", "--all"]);
        }),
        ("new", |scene| {
            scene.write("services/petstore/src/new.rs", "// a\n")
        }),
        ("removed", |scene| {
            fs::remove_file(scene.project.join("README.md")).expect("a file")
        }),
    ];
    for (what, change) in changes {
        change(&scene);
        let words = arguments(&scene, &[]);
        let [version, telling] = tags(&words)[..] else {
            panic!("{what}: {words:?}")
        };
        assert_eq!(version, "petstore:1.0.0");
        let digits = telling.strip_prefix(&dirty);
        let is_digest =
            |digits: &str| digits.len() == 8 && digits.bytes().all(|one| one.is_ascii_hexdigit());
        assert!(digits.is_some_and(is_digest), "{what}: {telling}");
        assert!(
            words.contains(&format!("REVISION={head}-dirty")),
            "{what}: {words:?}"
        );
        assert!(
            scene.output("images.json").contains("\"dirty\": true"),
            "{what}"
        );
        scene.git(&["reset", "--quiet", "--hard"]);
        scene.git(&["clean", "--quiet", "--force", "-d"]);
    }
    assert_eq!(tags(&arguments(&scene, &[])), clean);
}

#[test]
fn without_a_commit_there_is_the_version_and_no_time() {
    let scene = Scene::new("no-git");
    let alone = |scene: &Scene, why: &str| {
        let told = scene.build(&["--since", "HEAD"]).ends(2);
        assert!(
            told.err
                .contains(&format!("has nothing to compare with: {why}")),
            "{}",
            told.err
        );
        let told = scene.build(&[]).done();
        let words = format!("{why}: images are tagged by the document's version alone\n");
        assert!(told.err.contains(&words), "{}", told.err);
        assert_eq!(told.out, "petstore:1.0.0\n");
        let first = scene.asked().remove(0);
        assert!(
            first.contains("\t--build-arg\tSOURCE_DATE_EPOCH=0\t--tag\tpetstore:1.0.0\t."),
            "{first}"
        );
        assert!(
            !first.contains("REVISION") && !first.contains("CREATED"),
            "{first}"
        );
        assert!(scene.output("images.json").contains("\"revision\": null"));
        assert!(!scene.output("petstore.cdx.json").contains("timestamp"));
    };
    scene.git(&["rm", "--quiet", "-r", "--cached", "."]);
    scene.git(&["commit", "--quiet", "--message", "nothing"]);
    alone(&scene, "oarlock.yaml is not committed");
    fs::remove_dir_all(scene.project.join(".git")).expect("a folder");
    alone(&scene, ". is in no git repository");
    scene.git(&["init", "--quiet"]);
    alone(&scene, "nothing is committed yet");
    scene.without(&["git"]);
    alone(&scene, "git is not on the PATH");
}

#[test]
fn a_repository_that_cannot_be_read_is_not_passed_over() {
    let scene = Scene::new("broken-git");
    fs::write(scene.project.join(".git/config"), "[core\n").expect("a file");
    scene.build(&[]).ends(2).tells("bad config");
    assert!(scene.asked().is_empty());
}

#[test]
fn a_tag_may_be_asked_for_where_it_is_one() {
    let scene = Scene::new("tag");
    assert_eq!(
        tags(&arguments(&scene, &["--tag", "v1_a.B-2"])),
        ["petstore:v1_a.B-2"]
    );
    assert!(scene.output("digests.yaml").contains("tag: \"v1_a.B-2\"\n"));
    let long = "a".repeat(129);
    for tag in ["", ".a", "-a", "a b", "a:b", "a/b", "ä", "a\n", &long] {
        let told = scene.build(&[&format!("--tag={tag}")]).ends(2);
        assert!(
            told.err.contains("a tag has at most 128"),
            "{tag:?}: {}",
            told.err
        );
    }
    for platform in [
        "",
        "linux",
        "linux/",
        "linux/amd64,linux/arm64",
        "linux/a b",
        "--x/y",
        "a/b/c/d",
    ] {
        let told = scene.build(&[&format!("--platform={platform}")]).ends(2);
        assert!(
            told.err.contains("as in linux/arm64"),
            "{platform:?}: {}",
            told.err
        );
    }
    assert!(scene.asked().is_empty());
}

/// A document whose version is as bad as a text can be, and one whose version is as long as a tag.
#[test]
fn the_version_is_a_tag_and_a_word_whatever_it_holds() {
    let document = |scene: &Scene, version: &str| {
        let path = scene.folder.with_extension("yaml");
        let version = serde_json::to_string(version).expect("JSON");
        let text = format!(
            "openapi: 3.1.0\ninfo: {{ title: Petstore, version: {version} }}\npaths: {{}}\n"
        );
        fs::write(&path, text).expect("a file");
        path
    };
    let scene = Scene::new("version");
    let hostile = "1.0'\"; $(touch gone)`x`\n\u{202e}--push ${HOME} é";
    let scene = Scene::of("version-hostile", &document(&scene, hostile));
    let words = arguments(&scene, &[]);
    assert!(
        words.contains(&"VERSION=1.0'\"; $(touch gone)`x`  --push ${HOME} é".to_owned()),
        "{words:?}"
    );
    let short = scene.head()[..12].to_owned();
    let tag = "1.0------touch-gone--x-----push---HOME---";
    assert_eq!(
        tags(&words),
        [format!("petstore:{tag}"), format!("petstore:{tag}-{short}")]
    );
    scene.build(&[]).done();
    let asked = scene.asked();
    scene.shell(&scene.build(&["--dry-run"]).done().out).done();
    assert_eq!(scene.asked(), asked);
    assert!(!scene.project.join("gone").exists());
    let long = "1".repeat(300);
    let scene = Scene::of("version-long", &document(&scene, &long));
    scene.add("README.md", "a\n");
    let short = scene.head()[..12].to_owned();
    let words = arguments(&scene, &[]);
    // Nothing that the image is made of has changed: the digest is that of nothing.
    let end = format!("-{short}-dirty-e3b0c442");
    assert_eq!(
        tags(&words)[1],
        format!("petstore:{}{end}", &long[..128 - end.len()])
    );
    assert!(words.contains(&format!("SOURCE_DATE_EPOCH={TIME}")));
}
