"""The functions that forms may call on the laptop: those of the domain, one place to look."""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.domain import identity, patrol, register, suggestion
from fieldapp.domain.facts import Facts, facts_of_arguments
from fieldapp.forms import FormFunction


def form_functions() -> dict[str, FormFunction]:
    """``hazard-suggestion``, ``patrol-next`` and their sisters by name, as the engine wants them."""

    def bound(judge: Callable[[Facts], str]) -> Callable[..., str]:
        return lambda *arguments: judge(facts_of_arguments(arguments))

    modules = (suggestion, patrol, register, identity)
    functions = {name: judge for module in modules for name, judge in module.FORM_FUNCTIONS.items()}
    return {name: FormFunction(name, bound(judge), least=1) for name, judge in functions.items()}
