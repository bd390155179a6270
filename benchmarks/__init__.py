"""Speed against the targets of the design, and against peers in the same run: ``python -m benchmarks``.

Each ``bench_*.py`` holds ``run() -> list[dict]``. A row has ``name``, ``value`` and ``unit`` and, where they apply,
``target``, ``peer`` and ``peer_value`` (same unit) or ``ratio``, ``note``. Times are the best of several repeats, after
compilation.
"""
