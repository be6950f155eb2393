"""Configurations for many machines: rendered from the skills there are, and valid by the schemas of whoever reads them.

Ray's own schema is asked where Ray is installed; the CRDs where QUIVER_CRDS names a folder that holds them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from adapters.skill import Skill, load_skill
from router import opening
from router.cli.serve import serve
from router.errors import UsageError
from router.fleet import MOUNT, TRACES_SECRET, Fleet, lay_out, llm_d, ray, served_skills, to_yaml
from tests.adapters.conftest import write_skill, write_weights
from tests.gateway.scripted_gateway import write_box

CRDS = os.environ.get("QUIVER_CRDS", "")


@pytest.fixture
def skills(tmp_path: Path) -> list[Skill]:
    found = []
    for name in ("river-note", "weather-note"):
        folder = write_skill(tmp_path / "box" / name)
        write_weights(folder / "weights")
        found.append(load_skill(folder))
    return found


def fleet(skills: list[Skill], store: str) -> Fleet:
    return Fleet("/models/base", store, skills, replicas=3)


def by_kind(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in documents}


# --- Ray -------------------------------------------------------------------------------------------------------------


def model_of(documents: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = documents[0]["applications"][0]["args"]["llm_configs"][0]
    return found


def test_ray_serves_every_skill_from_its_store(skills: list[Skill]) -> None:
    model = model_of(ray(fleet(skills, "s3://bucket/skills/")))
    assert model["lora_config"]["dynamic_lora_loading_path"] == "s3://bucket/skills"
    assert model["engine_kwargs"]["max_loras"] == model["lora_config"]["max_num_adapters_per_replica"] == 2
    assert model["deployment_config"]["autoscaling_config"]["max_replicas"] == 3


@pytest.mark.parametrize("store", ["/mnt/skills", "http://bucket", "s3:/bucket"])
def test_ray_reads_object_storage_only(skills: list[Skill], store: str) -> None:
    with pytest.raises(UsageError, match="Ray reads"):
        ray(fleet(skills, store))


def test_rays_own_schemas_take_it(skills: list[Skill]) -> None:
    schema = pytest.importorskip("ray.serve.schema", reason="ray[serve] is not installed", exc_type=ImportError)
    documents = yaml.safe_load(to_yaml(ray(fleet(skills, "s3://bucket/skills"))))
    deployed = schema.ServeDeploySchema.model_validate(documents)
    assert deployed.applications[0].import_path == "ray.serve.llm:build_openai_app"
    with pytest.raises(ValueError, match="import"):
        schema.ServeDeploySchema.model_validate({"applications": [{"name": "quiver", "import_path": "nonsense"}]})
    llm = pytest.importorskip(
        "ray.llm._internal.serve.core.configs.llm_config", reason="ray[llm] is not installed", exc_type=ImportError
    )
    model = model_of([documents])
    config = llm.LLMConfig.model_validate(model)
    assert config.lora_config.max_num_adapters_per_replica == 2
    with pytest.raises(ValueError, match="dynamic_lora_loading_path"):
        llm.LLMConfig.model_validate({**model, "lora_config": {"dynamic_lora_loading_path": "/mnt/skills"}})


# --- llm-d -----------------------------------------------------------------------------------------------------------


def test_llm_d_names_the_current_versions(skills: list[Skill]) -> None:
    found = by_kind(llm_d(fleet(skills, "skills-claim")))
    rules = found["InferenceModelRewrite/quiver-skills"]["spec"]["rules"]
    named = {rule["matches"][0]["model"]["value"]: rule["targets"][0]["modelRewrite"] for rule in rules}
    assert named == {skill.name: skill.version for skill in skills}


def test_llm_ds_parts_fit_together(skills: list[Skill]) -> None:
    found = by_kind(list(yaml.safe_load_all(to_yaml(llm_d(fleet(skills, "skills-claim"))))))
    servers, pool = found["Deployment/quiver-vllm"]["spec"], found["InferencePool/quiver"]["spec"]
    pod = servers["template"]
    assert pool["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert servers["selector"]["matchLabels"] == pod["metadata"]["labels"]
    container = pod["spec"]["containers"][0]
    assert pool["targetPorts"] == [{"number": container["ports"][0]["containerPort"]}]
    assert pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"] == "skills-claim"
    environment = {each["name"]: each["value"] for each in container["env"]}
    assert environment["VLLM_LORA_RESOLVER_CACHE_DIR"] == container["volumeMounts"][0]["mountPath"] == MOUNT
    assert environment["VLLM_PLUGINS"].split(",") == ["lora_filesystem_resolver", "quiver_activated_lora"]
    assert found["Service/quiver"]["spec"]["selector"].items() <= (
        found["Deployment/quiver"]["spec"]["template"]["metadata"]["labels"].items()
    )


def gateway_of(documents: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    pod = by_kind(documents)["Deployment/quiver"]["spec"]["template"]["spec"]
    return pod, {each["name"]: each.get("value", each.get("valueFrom")) for each in pod["containers"][0]["env"]}


def test_gateways_record_in_one_database(skills: list[Skill]) -> None:
    """Their address in the open, or in a Secret; what waits for it survives the container."""
    pod, environment = gateway_of(llm_d(fleet(skills, "claim")))
    assert set(environment) == {"QUIVER_SERVE_KEYS"}
    assert "volumes" not in pod
    url = "postgresql://quiver@db.example:5432/traces"
    for traces, told in ((url, url), ("", {"secretKeyRef": {"name": TRACES_SECRET, "key": "url"}})):
        pod, environment = gateway_of(llm_d(replace(fleet(skills, "claim"), traces=traces)))
        assert environment["QUIVER_TRACES"] == told
        container = pod["containers"][0]
        assert container["args"][-1] == "--traces"
        assert [mount["mountPath"] for mount in container["volumeMounts"]] == [environment["QUIVER_HOME"]]
        assert [volume["name"] for volume in pod["volumes"]] == [mount["name"] for mount in container["volumeMounts"]]


@pytest.mark.parametrize("url", ["postgresql://u:secret@h/d", "postgresql://h/d?user=u&password=secret"])
def test_a_password_is_printed_in_no_configuration(skills: list[Skill], url: str) -> None:
    with pytest.raises(UsageError, match="holds a password") as caught:
        llm_d(replace(fleet(skills, "claim"), traces=url))
    assert "secret" not in caught.value.message
    assert TRACES_SECRET in caught.value.hint


def test_the_pickers_profile_uses_the_plugins_it_names(skills: list[Skill]) -> None:
    text = by_kind(llm_d(fleet(skills, "skills-claim")))["ConfigMap/quiver-picker"]["data"]["config.yaml"]
    config = yaml.safe_load(text)
    types = [plugin["type"] for plugin in config["plugins"]]
    used = config["schedulingProfiles"][0]["plugins"]
    assert [each["pluginRef"] for each in used] == types
    assert {"lora-affinity-scorer", "prefix-cache-scorer"} <= set(types)
    assert all(each.get("weight", 1) > 0 for each in used)


@pytest.mark.parametrize("store", ["", "Upper", "a/b", "-a", "a" * 64])
def test_a_claim_is_a_name(skills: list[Skill], store: str) -> None:
    with pytest.raises(UsageError, match="PersistentVolumeClaim"):
        llm_d(fleet(skills, store))


@pytest.mark.skipif(not CRDS, reason="QUIVER_CRDS names no folder of CRDs")
def test_the_crds_take_it(skills: list[Skill]) -> None:
    schemas: dict[tuple[str, str], Any] = {}
    for file in Path(CRDS).glob("*.yaml"):
        crd = yaml.safe_load(file.read_text())["spec"]
        for version in crd["versions"]:
            name = f"{crd['group']}/{version['name']}", crd["names"]["kind"]
            schemas[name] = closed(version["schema"]["openAPIV3Schema"])
    checked = []
    for document in llm_d(fleet(skills, "skills-claim")):
        kind = document["apiVersion"], document["kind"]
        if kind in schemas:
            Draft202012Validator(schemas[kind]).validate(document)
            checked.append(document["kind"])
            broken = {**document, "spec": {**document["spec"], "nonsense": 1}}
            assert not Draft202012Validator(schemas[kind]).is_valid(broken)
    assert sorted(checked) == ["InferenceModelRewrite", "InferencePool"]


def closed(schema: Any) -> Any:
    """A cluster drops what a CRD does not name; here it is a mistake."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if isinstance(found.get("properties"), dict) and "type" in found and "additionalProperties" not in found:
        found["additionalProperties"] = False
    return found


# --- weights and the verb --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plain", [False, True])
def test_weights_are_laid_out_as_the_servers_look_for_them(skills: list[Skill], tmp_path: Path, plain: bool) -> None:
    folders = lay_out(fleet(skills, "x"), tmp_path / "served", plain=plain)
    assert [folder.name for folder in folders] == [skill.version for skill in skills]
    for folder in folders:
        config = json.loads((folder / "adapter_config.json").read_bytes())
        assert config["base_model_name_or_path"] == "/models/base"
        assert bool(config.get("alora_invocation_tokens")) is not plain
        assert (folder / "adapter_model.safetensors").stat().st_size > 100
    assert lay_out(fleet(skills, "x"), tmp_path / "served", plain=plain) == folders


def test_skills_of_one_base_and_with_weights(skills: list[Skill]) -> None:
    assert served_skills([*skills, replace(skills[0], weights=None)]) == skills
    with pytest.raises(UsageError, match="no skill has weights"):
        served_skills([replace(skills[0], weights=None)])
    other = replace(skills[1], card={"base": {"digest": "another"}})
    with pytest.raises(UsageError, match="different bases: river-note; weather-note"):
        served_skills([skills[0], other])


def test_the_verb_prints_and_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(opening, "BUNDLED", write_box(tmp_path / "box"))
    write_weights(write_skill(tmp_path / "box" / "weather-note") / "weights")
    for kind, store, documents in (("ray", "gs://bucket/skills", 1), ("llm-d", "claim", 6)):
        words = ["--render", kind, "--base", "/models/base", "--store", store]
        done = CliRunner().invoke(serve, words, standalone_mode=False)
        assert done.exception is None, done.exception
        assert len(list(yaml.safe_load_all(done.stdout))) == documents
        assert f"copy to {store}: " in done.stderr
        traced = CliRunner().invoke(serve, [*words, "--traces", "postgresql://h/d"], standalone_mode=False)
        assert "QUIVER_TRACES" in (traced.stderr if kind == "ray" else traced.stdout)
    for words in (["--render", "ray", "--store", "s3://x"], ["--render", "llm-d", "--base", "b"]):
        assert isinstance(CliRunner().invoke(serve, words, standalone_mode=False).exception, UsageError)
