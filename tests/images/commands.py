"""What every part does: it runs commands, has a petstore, builds its images and looks at them."""
import hashlib, json, os, pathlib, re, shutil, subprocess, sys, tarfile, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "images"
OUT = WORK / "petstore"
FILES = {"buildkit": "deploy/Dockerfile", "classic": "deploy/Dockerfile.layers"}
# What an image may have at most, in bytes.
LINKS = {"dynamic": 30_000_000, "static": 12_000_000}
USER = 65532
LOCKED = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]

def run(*command, cwd=OUT, check=True, **options):
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{(done.stdout + done.stderr)[-6000:]}")
    return done

def project(deploy=""):
    """The petstore as it is first written, with a lock and a commit. What was compiled of it stays out of the way."""
    shutil.rmtree(OUT, ignore_errors=True)
    run("cargo", "run", "--quiet", "--locked", "--", "generate", "fixtures/petstore.yaml", "--out", OUT, cwd=ROOT)
    if (WORK / "Cargo.lock").exists():
        shutil.copy(WORK / "Cargo.lock", OUT)
    run("cargo", "metadata", "--format-version", "1", "--quiet")
    shutil.copy(OUT / "Cargo.lock", WORK)

def tag(builder, link):
    return f"oarlock-images-petstore:{builder}-{link}"

def build(builder, link, *more, name=None):
    """Builds an image; tells how long it took and which crates were compiled."""
    environment = dict(os.environ, DOCKER_BUILDKIT="1" if builder == "buildkit" else "0")
    progress = ["--progress", "plain"] if builder == "buildkit" else []
    began = time.monotonic()
    done = run("docker", "build", *progress, "--file", FILES[builder], "--build-arg", "SERVICE=petstore", "--build-arg",
               f"LINK={link}", "--build-arg", "SOURCE_DATE_EPOCH=1700000000", "--build-arg", "REVISION=abc", *more,
               "--tag", name or tag(builder, link), ".", env=environment)
    # The classic builder paints what a command writes, piece by piece.
    told = re.sub(r"\x1b\[\d*m", "", done.stdout + done.stderr)
    return time.monotonic() - began, set(re.findall(r"Compiling ([\w-]+) v", told)), told

def inspect(image):
    return json.loads(run("docker", "image", "inspect", image).stdout)[0]

def binary(image):
    """The digest of the service's binary in an image."""
    name = run("docker", "create", image).stdout.strip()
    target = WORK / "service.tar"
    with open(target, "wb") as file:
        subprocess.run(["docker", "cp", f"{name}:/service", "-"], stdout=file, check=True)
    run("docker", "rm", name)
    with tarfile.open(target) as tar:
        member = tar.getmembers()[0]
        assert member.mtime == 1_700_000_000, f"the file's time is that of the commit, and not {member.mtime}"
        return hashlib.sha256(tar.extractfile(member).read()).hexdigest(), member.size

def yaml_of(path):
    python = next((str(one) for one in [WORK / "venv/bin/python"] if one.exists()), sys.executable)
    return json.loads(run(python, "-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))", path).stdout)
