"""YAML, by the C parser where there is one."""
import yaml


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """A key is there once, as YAML has it and PyYAML does not check."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{twice[0]} is there more than once", node.start_mark)
        return super().construct_mapping(node, deep)


# A `=` is a text, as it is in YAML 1.2: PyYAML knows it as a tag of YAML 1.1 and makes nothing of it.
Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))


def documents(text):
    return [one for one in yaml.load_all(text, Loader=Loader) if one]


def document(file):
    return yaml.load(file.read_text(), Loader=Loader)
