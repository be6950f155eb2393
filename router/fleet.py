"""Configurations for many machines, rendered from the registry: Ray Serve LLM, and llm-d on Kubernetes.

Both serve the skills' weights under their immutable names; the gateway stands before them and keeps nothing. Rendered
is what is current now: a skill published later is copied and rendered again. Starts nothing and talks to no cluster.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from router.errors import UsageError

if TYPE_CHECKING:
    from adapters.skill import Skill

Document = dict[str, Any]

RAY_STORES = ("s3://", "gs://", "abfss://", "azure://")
MOUNT = "/skills"  # where a pod sees the claim that holds the weights
NAME = "quiver"
HOME = "/var/lib/quiver"  # of a gateway's container: traces wait there while their database is away
TRACES_SECRET = f"{NAME}-traces"  # its key `url` holds an address with a password
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_PORT = 8000
_PICKER_PORT = 9002


@dataclass(frozen=True)
class Fleet:
    """`base`: the model's name or path as the servers see it. `store`: where they find the weights: for Ray an address
    of object storage, for llm-d the name of a PersistentVolumeClaim. `image`: of vLLM with our plugin in it; of the
    gateway, the same with Quiver in it. `traces`: the database every gateway records in, an address without a password,
    or empty where a Secret holds it (`TRACES_SECRET`); None for no traces."""

    base: str
    store: str
    skills: Sequence[Skill]
    replicas: int = 2
    image: str = "vllm-quiver:0.32.0"
    gateway_image: str = "quiver:latest"
    traces: str | None = None

    @property
    def slots(self) -> int:
        """Adapters that act in one batch. All of them, up to what costs memory for little."""
        return max(1, min(len(self.skills), 16))


def served_skills(skills: Sequence[Skill]) -> list[Skill]:
    """Those with weights, all for one base. Raises UsageError for none, and for weights of several bases."""
    chosen = [skill for skill in skills if skill.weights is not None]
    bases: dict[str, list[str]] = {}
    for skill in chosen:
        bases.setdefault(str(skill.card.get("base", {}).get("digest", "")), []).append(skill.name)
    if not chosen:
        raise UsageError("no skill has weights to serve", hint="quiver skill train NAME")
    if len(bases) > 1:
        groups = "; ".join(", ".join(names) for names in bases.values())
        raise UsageError(f"these skills were made for different bases: {groups}", hint="remove those of the other base")
    return chosen


# --- Ray Serve LLM ---------------------------------------------------------------------------------------------------


def ray(fleet: Fleet) -> list[Document]:
    """One Serve configuration, for `serve deploy`. Adapters are plain: the vLLM that Ray pins knows no activated ones.
    A client asks for `base:skill@digest`. Raises UsageError for a store Ray cannot read."""
    if not fleet.store.startswith(RAY_STORES):
        known = ", ".join(RAY_STORES)
        raise UsageError(
            f"Ray reads adapters from {known}, not from {fleet.store!r}", hint="--store s3://BUCKET/skills"
        )
    model = {
        "model_loading_config": {"model_id": "base", "model_source": fleet.base},
        "lora_config": {
            "dynamic_lora_loading_path": fleet.store.rstrip("/"),
            "max_num_adapters_per_replica": fleet.slots,
        },
        "engine_kwargs": {
            "enable_lora": True,
            "max_loras": fleet.slots,
            "max_lora_rank": 32,
            "enable_prefix_caching": True,
            "enable_prompt_tokens_details": True,
            "structured_outputs_config": {"backend": "xgrammar"},
        },
        "deployment_config": {"autoscaling_config": {"min_replicas": 1, "max_replicas": fleet.replicas}},
    }
    application = {
        "name": NAME,
        "route_prefix": "/",
        "import_path": "ray.serve.llm:build_openai_app",
        "args": {"llm_configs": [model]},
    }
    return [{"applications": [application]}]


# --- llm-d -----------------------------------------------------------------------------------------------------------


def llm_d(fleet: Fleet) -> list[Document]:
    """Model servers, their pool, what picks one of them for a request, and gateways before all. Each vLLM loads an
    adapter when it is first asked for, from the folder of that name. Raises UsageError for a claim that is no name."""
    if not _LABEL.fullmatch(fleet.store):
        message = f"{fleet.store!r} cannot name a PersistentVolumeClaim"
        raise UsageError(message, hint="--store CLAIM, the claim that holds the skills' weights")
    return [
        _deployment(f"{NAME}-vllm", fleet.replicas, _model_server(fleet), [_claim(fleet.store)]),
        _pool(),
        _rewrite(fleet.skills),
        _picker_config(),
        _deployment(NAME, 2, _gateway(fleet), [{"name": "home", "emptyDir": {}}] if fleet.traces is not None else []),
        _service(),
    ]


def _model_server(fleet: Fleet) -> Document:
    words = ["--model", fleet.base, "--served-model-name", "base", "--port", str(_PORT)]
    words += ["--enable-lora", "--max-loras", str(fleet.slots), "--max-lora-rank", "32"]
    words += ["--max-cpu-loras", str(4 * fleet.slots), "--enable-prefix-caching", "--enable-prompt-tokens-details"]
    words += ["--structured-outputs-config.backend", "xgrammar"]
    environment = {
        "VLLM_PLUGINS": "lora_filesystem_resolver,quiver_activated_lora",
        "VLLM_LORA_RESOLVER_CACHE_DIR": MOUNT,
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1",
        "VLLM_HTTP_TIMEOUT_KEEP_ALIVE": "75",
    }
    return {
        "name": "vllm",
        "image": fleet.image,
        "command": ["python3", "-m", "vllm.entrypoints.openai.api_server"],
        "args": words,
        "env": [{"name": key, "value": value} for key, value in environment.items()],
        "ports": [{"name": "http", "containerPort": _PORT}],
        "readinessProbe": {"httpGet": {"path": "/health", "port": "http"}, "periodSeconds": 5},
        "volumeMounts": [{"name": "skills", "mountPath": MOUNT, "readOnly": True}],
    }


def _gateway(fleet: Fleet) -> Document:
    """Its requests go through the pool's own gateway, which asks the picker."""
    words = ["serve", "--host", "0.0.0.0", "--port", str(_PORT), *gateway_words(fleet, f"http://{NAME}-inference/v1")]
    environment = [_secret("QUIVER_SERVE_KEYS", f"{NAME}-keys", "keys")]
    mounts = []
    if fleet.traces is not None:
        named = {"name": "QUIVER_TRACES", "value": fleet.traces}
        environment += [named if fleet.traces else _secret("QUIVER_TRACES", TRACES_SECRET, "url")]
        environment += [{"name": "QUIVER_HOME", "value": HOME}]
        mounts = [{"name": "home", "mountPath": HOME}]
    return {
        "name": "gateway",
        "image": fleet.gateway_image,
        "command": ["quiver"],
        "args": words,
        "env": environment,
        "ports": [{"name": "http", "containerPort": _PORT}],
        "readinessProbe": {"httpGet": {"path": "/health", "port": "http"}, "periodSeconds": 5},
        **({"volumeMounts": mounts} if mounts else {}),
    }


def gateway_words(fleet: Fleet, url: str) -> list[str]:
    """What is told `quiver serve` on each machine before the model servers at `url`. Raises UsageError for a traces'
    address with a password: a configuration is read by many."""
    if fleet.traces and (urlsplit(fleet.traces).password or "password" in parse_qs(urlsplit(fleet.traces).query)):
        hint = f"put it into the Secret {TRACES_SECRET}, key url, or into QUIVER_TRACES, and say --traces alone"
        raise UsageError("the address of the traces' database holds a password, which would be printed", hint=hint)
    return ["--url", url, "--base", "base", *(["--traces"] if fleet.traces is not None else [])]


def _secret(variable: str, name: str, key: str) -> Document:
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}


def _claim(name: str) -> Document:
    return {"name": "skills", "persistentVolumeClaim": {"claimName": name, "readOnly": True}}


def _deployment(name: str, replicas: int, container: Document, volumes: Sequence[Document] = ()) -> Document:
    labels = {"app.kubernetes.io/name": name}
    pod: Document = {"containers": [container], **({"volumes": list(volumes)} if volumes else {})}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def _pool() -> Document:
    return {
        "apiVersion": "inference.networking.k8s.io/v1",
        "kind": "InferencePool",
        "metadata": {"name": NAME},
        "spec": {
            "selector": {"matchLabels": {"app.kubernetes.io/name": f"{NAME}-vllm"}},
            "targetPorts": [{"number": _PORT}],
            "endpointPickerRef": {
                "name": f"{NAME}-picker",
                "port": {"number": _PICKER_PORT},
                "failureMode": "FailClose",
            },
        },
    }


def _rewrite(skills: Sequence[Skill]) -> Document:
    """Who asks for a skill by its plain name gets the version that is current now. A second target with a weight is
    how a new version is tried on a share of the requests."""
    rules = [
        {
            "matches": [{"model": {"type": "Exact", "value": skill.name}}],
            "targets": [{"modelRewrite": skill.version, "weight": 100}],
        }
        for skill in skills
    ]
    pool = {"group": "inference.networking.k8s.io", "kind": "InferencePool", "name": NAME}
    return {
        "apiVersion": "llm-d.ai/v1alpha2",
        "kind": "InferenceModelRewrite",
        "metadata": {"name": f"{NAME}-skills"},
        "spec": {"poolRef": pool, "rules": rules},
    }


def _picker_config() -> Document:
    """The file the endpoint picker reads. What a pod has read counts most, then whether the adapter is there, then
    who is free: with activated adapters whatever skill read a conversation, it is read for all."""
    weights = {"prefix-cache-scorer": 3, "lora-affinity-scorer": 2, "queue-scorer": 2}
    names = [*weights, "max-score-picker"]
    used = [{"pluginRef": name, **({"weight": weights[name]} if name in weights else {})} for name in names]
    file = {
        "apiVersion": "llm-d.ai/v1alpha1",
        "kind": "EndpointPickerConfig",
        "plugins": [{"type": name} for name in names],
        "schedulingProfiles": [{"name": "default", "plugins": used}],
    }
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"{NAME}-picker"},
        "data": {"config.yaml": to_yaml([file])},
    }


def _service() -> Document:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME},
        "spec": {
            "selector": {"app.kubernetes.io/name": NAME},
            "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
        },
    }


# --- weights and words -----------------------------------------------------------------------------------------------


def to_yaml(documents: Sequence[Document]) -> str:
    """Without references between parts, which not every reader follows; texts of several lines as they are."""
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Plain.add_representer(str, text)
    return "---\n".join(yaml.dump(each, Dumper=Plain, sort_keys=False, width=120) for each in documents)


def lay_out(fleet: Fleet, folder: Path, *, plain: bool) -> list[Path]:
    """The weights as the store is to hold them: `folder`/`skill@digest`, naming the base as the servers do, or vLLM's
    resolver does not take them. Raises WeightsRefused."""
    from adapters.immutable import immutable_copy, place

    made = []
    for skill in fleet.skills:
        source = immutable_copy(skill, folder / "versions", plain=plain)
        made.append(place(folder / "store" / skill.version, partial(_fill, source=source, base=fleet.base)))
    return made


def _fill(to: Path, source: Path, base: str) -> None:
    config: Mapping[str, Any] = json.loads((source / "adapter_config.json").read_bytes())
    named = json.dumps({**config, "base_model_name_or_path": base}, indent=1)
    (to / "adapter_config.json").write_text(named, encoding="utf-8")
    (to / "adapter_model.safetensors").write_bytes((source / "adapter_model.safetensors").read_bytes())


RENDERERS = {"ray": ray, "llm-d": llm_d}
