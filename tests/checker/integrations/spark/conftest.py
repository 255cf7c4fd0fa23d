"""One session of Spark for all tests here, with two workers; without Spark or Java they are skipped, and say why."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest

if importlib.util.find_spec("pyspark") is None:
    WHY_NOT = "pyspark is not installed: `make test-spark` does it"
elif shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    WHY_NOT = (
        "there is no Java, which Spark runs on: install a runtime of version 17, such as default-jre-headless"
    )
else:
    WHY_NOT = ""


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    """Two workers on this machine; what they lose is tried twice more."""
    if WHY_NOT:
        pytest.skip(WHY_NOT)
    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "5",
        "spark.python.worker.faulthandler.enabled": "false",
        "spark.sql.files.openCostInBytes": "1",
        "spark.sql.files.maxPartitionBytes": "200000",
    }
    builder = SparkSession.builder.master("local[2,3]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    begun = builder.getOrCreate()
    begun.sparkContext.setLogLevel("OFF")
    yield begun
    begun.stop()
