"""The worker as the server sees it: a process that reads and writes lines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from neuron_core import protocol
from neuron_core.protocol import ExportRequest, Failure, Report, Stage, Verdict, WorkerInfo
from neuron_core.worker import Worker

SHAPES = {"batch_size": 1, "sequence_length": 16}
CONFIG = """\
from neuron_core.configs import EsmNeuronConfig, register_in_tasks_manager

@register_in_tasks_manager("esm", "text-classification")
class MyNeuronConfig(EsmNeuronConfig):
    @property
    def inputs(self):
        {body}
        return ["input_ids", "attention_mask"]
"""


class WorkerClient:
    """A worker, spoken to in raw lines."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from neuron_core.worker import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.ids = iter(range(1, 1000))
        self.messages: list[dict[str, Any]] = []
        """What came before the last answer."""

    def send_line(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def send(self, method: str, params: Any = None, **more: Any) -> None:
        self.send_line(json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode())

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return protocol.decode(self.process.stdout.readline())

    def request(self, method: str, params: Any = None) -> dict[str, Any]:
        id_ = next(self.ids)
        self.send(method, params, id=id_)
        return self.answer(id_)

    def answer(self, id_: int) -> dict[str, Any]:
        self.messages = []
        while (message := self.receive()).get("id") != id_:
            self.messages.append(message)
        return message

    def export(self, request: ExportRequest) -> dict[str, Any]:
        return self.request("export", protocol.to_json(request))

    def start_export(self, request: ExportRequest) -> int:
        id_ = next(self.ids)
        self.send("export", protocol.to_json(request), id=id_)
        return id_

    def wait_for(self, stage: Stage) -> None:
        while self.receive()["params"]["stage"] != stage.value:
            pass

    def close(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(timeout=20)


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerClient]:
    client = WorkerClient()
    yield client
    assert client.close() == 0


@pytest.fixture
def request_for(tmp_path: Path) -> Callable[..., ExportRequest]:
    """Makes a request to export with a config whose ``inputs`` first runs some code."""

    def make(body: str = "pass", output: str = "out") -> ExportRequest:
        config = tmp_path / "config.py"
        config.write_text(CONFIG.format(body=body))
        return ExportRequest(
            task="text-classification",
            output=str(tmp_path / output),
            config_file=str(config),
            shapes=SHAPES,
        )

    return make


def failure_of(answer: dict[str, Any]) -> Failure:
    assert answer["error"]["code"] == protocol.JOB_FAILED
    return protocol.from_json(Failure, answer["error"]["data"])


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return met


def test_it_introduces_itself(worker: WorkerClient) -> None:
    info = protocol.from_json(WorkerInfo, worker.request("initialize")["result"])
    assert info.protocol_version == protocol.PROTOCOL_VERSION
    assert info.pid == worker.process.pid
    assert info.python.startswith(sys.executable)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (b"not json", -32700, "not JSON"),
        (b'["no", "object"]', -32700, "not a JSON object"),
        (b'{"id": null, "method": "dance"}', -32601, "no method 'dance'"),
        (b'{"id": null, "method": "export", "params": {"task": "x", "out": "y"}}', -32602, "field 'out'"),
        (b'{"id": null, "method": "export", "params": {"task": 1}}', -32602, "expected str, got int"),
        (b'{"id": null, "method": "export"}', -32602, "expected dict, got NoneType"),
        (b'{"id": [1], "method": "initialize"}', -32600, "a number or a text, not [1]"),
        (b'{"id": {}, "method": "export"}', -32600, "a number or a text, not {}"),
        (
            b'{"method": "export", "params": {"task": "x", "output": "y"}}',
            -32600,
            "an id of its own, not None",
        ),
    ],
)
def test_what_it_does_not_understand_is_refused_and_it_goes_on(
    worker: WorkerClient, line: bytes, code: int, said: str
) -> None:
    worker.send_line(line)
    answer = worker.receive()
    assert (answer["id"], answer["error"]["code"]) == (None, code)
    assert said in answer["error"]["message"]
    assert "result" in worker.request("initialize")


def test_an_export_tells_its_progress_and_ends_in_a_report(worker: WorkerClient, request_for) -> None:
    request = request_for()
    report = protocol.from_json(Report, worker.export(request)["result"])
    assert report.verdict is Verdict.PASS
    assert report.config_class == "MyNeuronConfig"
    assert report.inputs == {"input_ids": (1, 16), "attention_mask": (1, 16)}
    assert {stage.stage for stage in report.stages} == set(Stage)
    assert sorted(path.name for path in Path(request.output).iterdir()) == ["config.json", "model.neuron"]
    told = [message["params"] for message in worker.messages]
    fractions = [each["fraction"] for each in told]
    assert fractions == sorted(fractions)
    assert told[-1]["stage"] == "validate"


def test_what_the_config_prints_stays_out_of_the_protocol(worker: WorkerClient, request_for) -> None:
    request = request_for('import os; print("noise"); os.write(1, b"more noise\\n")')
    assert "result" in worker.export(request)


def test_an_error_in_the_config_is_told_with_its_line(worker: WorkerClient, request_for) -> None:
    request = request_for("self.config")
    failure = failure_of(worker.export(request))
    assert failure.message.startswith(f"{request.config_file}, line 7: AttributeError: ")
    assert failure.stage is Stage.BUILD
    assert "has no attribute 'config'" in failure.detail
    assert not Path(request.output).exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('print("last words"); import os; os._exit(7)', "exit code 7"),
        ('print("last words"); import os, signal; os.kill(os.getpid(), signal.SIGKILL)', "killed by SIGKILL"),
        ('print("last words"); import os; os.kill(os.getpid(), 40)', "killed by signal 40"),
    ],
)
def test_a_crash_costs_one_job_and_its_last_words_are_told(
    worker: WorkerClient, request_for, body: str, said: str
) -> None:
    failure = failure_of(worker.export(request_for(body)))
    assert said in failure.message
    assert failure.stage is Stage.BUILD
    assert "last words" in failure.detail
    assert "result" in worker.export(request_for())


def test_an_output_that_no_file_can_have_is_refused(worker: WorkerClient, request_for) -> None:
    failure = failure_of(worker.export(request_for(output="out\0")))
    assert "cannot be used: embedded null byte" in failure.message
    assert "result" in worker.request("initialize")


def test_to_cancel_what_is_no_job_does_nothing(worker: WorkerClient) -> None:
    for params in ({"id": [1]}, {"id": 10_000}, [1], None):
        worker.send("cancel", params)
    assert "result" in worker.request("initialize")


def test_a_job_that_dies_while_it_is_cancelled(worker: WorkerClient, request_for, tmp_path: Path) -> None:
    # given a stopped worker, for which both the job's end and its cancellation are there at once
    go, gone = tmp_path / "go", tmp_path / "gone"
    body = (
        f"import os, pathlib, time; here = pathlib.Path({str(tmp_path)!r})\n"
        "        while not (here / 'go').exists(): time.sleep(0.01)\n"
        "        (here / 'gone').touch(); os._exit(7)"
    )
    id_ = worker.start_export(request_for(body))
    worker.wait_for(Stage.BUILD)
    worker.process.send_signal(signal.SIGSTOP)
    worker.send("cancel", {"id": id_})
    go.touch()
    assert wait_until(gone.exists)
    time.sleep(0.2)  # from there to the end of the process
    # when it goes on
    worker.process.send_signal(signal.SIGCONT)
    # then the job has one answer, and the next request has too
    assert worker.answer(id_)["error"]["code"] in (protocol.JOB_CANCELLED, protocol.JOB_FAILED)
    assert "result" in worker.request("initialize")
    assert worker.messages == []


@pytest.fixture
def worker_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Worker, BytesIO]]:
    """A worker of this process, whose jobs are stand-ins that do nothing, and what it replies."""
    reader, writer = os.pipe()
    replies = BytesIO()
    replies.fileno = lambda: -1
    monkeypatch.setattr("neuron_core.worker.JobProcess", lambda id_, request, private: (id_, request))
    with os.fdopen(reader, "rb") as requests:
        yield Worker(requests, replies), replies
    os.close(writer)


def test_jobs_start_in_the_order_in_which_they_were_asked_for(worker_here: tuple[Worker, BytesIO]) -> None:
    worker, _ = worker_here
    worker._waiting = {id_: ExportRequest("fill-mask", "out") for id_ in (3, 1, 2)}
    worker._start_waiting()
    assert list(worker._running) == [3, 1, 2]


def test_an_unexpected_error_costs_one_request(
    worker_here: tuple[Worker, BytesIO], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    worker, replies = worker_here
    monkeypatch.setattr("neuron_core.worker._hopeless", lambda request: 1 / 0)
    params = protocol.to_json(ExportRequest("fill-mask", "out"))
    worker._receive(protocol.encode({"id": 1, "method": "export", "params": params}))
    worker._receive(protocol.encode({"id": 2, "method": "initialize"}))
    failed, answered = map(protocol.decode, replies.getvalue().splitlines())
    assert (failed["id"], failed["error"]["code"]) == (1, -32603)
    assert failed["error"]["message"] == "ZeroDivisionError: division by zero"
    assert answered["id"] == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_job_that_cannot_be_heard_is_ended(
    worker_here: tuple[Worker, BytesIO], capsys: pytest.CaptureFixture[str]
) -> None:
    class Garbled:
        id = 1
        ended = False

        def hear(self) -> None:
            raise ValueError("garbled")

        def end(self) -> None:
            self.ended = True

    worker, replies = worker_here
    job: Any = Garbled()
    worker._running = {1: job}
    worker._hear_if_running(job)
    worker._hear_if_running(job)
    assert (job.ended, worker._running) == (True, {})
    (answer,) = map(protocol.decode, replies.getvalue().splitlines())
    assert answer["error"]["message"] == "ValueError: garbled"


def test_a_killed_worker_leaves_nothing(request_for, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a worker that is killed while a job of its has a staging directory in a new folder
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    worker = WorkerClient()
    stop = (
        "import os, time\n"
        f"        found = [each for _, names, _ in os.walk({str(tmp_path)!r}) for each in names]\n"
        "        if any(each.startswith('.out.export-') for each in found):\n"
        f"            open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "            time.sleep(60)"
    )
    worker.start_export(request_for(stop, output="new/folder/out"))
    is_held = wait_until(
        lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "", seconds=60
    )
    worker.process.send_signal(signal.SIGKILL)
    worker.process.wait()
    assert worker.process.stdout is not None
    assert is_held, worker.process.stdout.read()
    # then the job ends and cleans up by itself
    assert wait_until(lambda: not is_running(int((tmp_path / "pid").read_text())))
    assert not (tmp_path / "new").exists()
    assert list((tmp_path / "tmp").glob("neuron-config-job-*")) == []


def test_a_cancelled_job_is_gone_with_what_it_began(
    worker: WorkerClient, request_for, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    body = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    id_ = worker.start_export(request_for(body, output="new/folder/out"))
    worker.wait_for(Stage.BUILD)
    assert wait_until(lambda: pid_file.exists() and pid_file.read_text() != "")
    worker.send("cancel", {"id": id_})
    assert worker.answer(id_)["error"]["code"] == protocol.JOB_CANCELLED
    assert not is_running(int(pid_file.read_text()))
    assert not (tmp_path / "new").exists()


def test_a_job_that_dies_while_saving_leaves_nothing(
    worker: WorkerClient, request_for, tmp_path: Path
) -> None:
    # given a config that dies the first time it is asked for something while the artifact is staged
    die = f"import os, pathlib; list(pathlib.Path({str(tmp_path)!r}).rglob('.out.export-*')) and os._exit(1)"
    failure = failure_of(worker.export(request_for(die, output="new/out")))
    assert failure.stage is Stage.VALIDATE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.py"]


def test_two_jobs_run_at_the_same_time(worker: WorkerClient, request_for, tmp_path: Path) -> None:
    # given a config that goes on only when another process has come as far
    meet = (
        f"import os, pathlib, time; here = pathlib.Path({str(tmp_path)!r}); (here / f'{{os.getpid()}}.pid').touch()\n"
        "        while len(list(here.glob('*.pid'))) < 2: time.sleep(0.01)"
    )
    expected = {
        worker.start_export(request_for(meet, output="one")),
        worker.start_export(request_for(meet, output="other")),
    }
    answers: dict[int, dict[str, Any]] = {}
    while len(answers) < 2:
        message = worker.receive()
        if "id" in message:
            answers[message["id"]] = message
    assert set(answers) == expected
    assert all("result" in answer for answer in answers.values())


def test_an_impossible_target_is_refused_before_anything_is_imported(tmp_path: Path) -> None:
    worker = WorkerClient()
    (tmp_path / "file").touch()
    failure = failure_of(
        worker.export(ExportRequest(task="fill-mask", output=str(tmp_path / "file"), model_type="esm"))
    )
    assert failure.message == f"{tmp_path / 'file'} is a file."
    assert worker.messages == []
    assert worker.close() == 0


def test_a_job_that_waits_for_the_imports_can_be_cancelled(request_for) -> None:
    worker = WorkerClient()
    id_ = worker.start_export(request_for())
    assert worker.receive()["params"]["message"] == "importing torch and transformers"
    worker.send("cancel", {"id": id_})
    assert worker.answer(id_)["error"]["code"] == protocol.JOB_CANCELLED
    assert worker.close() == 0


def test_shutdown_ends_it() -> None:
    worker = WorkerClient()
    assert worker.request("shutdown")["result"] is None
    assert worker.process.wait(timeout=20) == 0


@pytest.mark.parametrize("end", ["close", "kill"])
def test_a_job_does_not_outlive_its_worker(request_for, tmp_path: Path, end: str) -> None:
    worker = WorkerClient()
    pid_file = tmp_path / "pid"
    body = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    worker.start_export(request_for(body))
    assert wait_until(lambda: pid_file.exists() and pid_file.read_text() != "", seconds=60)
    if end == "close":
        assert worker.close() == 0
    else:
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait()
    assert wait_until(lambda: not is_running(int(pid_file.read_text())))
