"""A small Cloud Tasks, for which Google has no emulator: the real client speaks gRPC to it.

It checks what the service checks of a task for later: the queue is there, the task is small enough, its
time is at most 30 days ahead, and it acts as an account that may. A task is called at its time, and again
each second until it is answered with 2xx.
(https://cloud.google.com/tasks/docs/reference/rpc/google.cloud.tasks.v2)
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import grpc
import urllib3
from google.cloud.tasks_v2 import CreateTaskRequest, HttpMethod, Task

from local.emulated import emulators
from shared.bus.cloud_tasks import SCOPE

MAX_TASK_BYTES: Final = 100 * 1024
MAX_AHEAD: Final = timedelta(days=30)
_CALL_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.2
_REST: Final = timedelta(seconds=1)


class CloudTasksServer:
    """One queue, served on loopback until `close`; `service_accounts` are those that tasks may act as.

    `tasks` holds what is not done yet, `address` is host:port, and `client` speaks to it.
    """

    def __init__(self, queue: str, service_accounts: Collection[str]) -> None:
        self.tasks: list[Task] = []
        self._queue = queue
        self._service_accounts = frozenset(service_accounts)
        self._pool = urllib3.PoolManager(retries=False)
        self._closed = threading.Event()
        self._news = threading.Condition()
        self._server = grpc.server(ThreadPoolExecutor(4))
        handler = grpc.unary_unary_rpc_method_handler(
            self._create,
            request_deserializer=CreateTaskRequest.deserialize,
            response_serializer=Task.serialize,
        )
        service = "google.cloud.tasks.v2.CloudTasks"
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service, {"CreateTask": handler}),)
        )
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self._thread = threading.Thread(target=self._dispatch)
        self._thread.start()
        self.address = f"127.0.0.1:{port}"
        self._channel = grpc.insecure_channel(self.address)
        self.client = emulators.tasks(self._channel)

    def close(self) -> None:
        """End its threads and connections; what is not done is lost."""
        self._closed.set()
        with self._news:
            self._news.notify()
        self._thread.join()
        self._channel.close()
        self._server.stop(None).wait()
        self._pool.clear()

    def _create(self, request: CreateTaskRequest, context: Any) -> Task:
        task = request.task
        if request.parent != self._queue:
            context.abort(grpc.StatusCode.NOT_FOUND, "Queue does not exist.")
        if Task.pb(task).ByteSize() > MAX_TASK_BYTES:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Task size too large")
        if _time(task) > datetime.now(UTC) + MAX_AHEAD:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "The schedule time is too far ahead")
        token = task.http_request.oauth_token
        if token.service_account_email not in self._service_accounts or token.scope != SCOPE:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "may not act as this account")
        with self._news:
            self.tasks.append(task)
            self._news.notify()
        return task

    def _dispatch(self) -> None:
        while not self._closed.is_set():
            with self._news:
                now = datetime.now(UTC)
                due = [task for task in self.tasks if _time(task) <= now]
                if not due:
                    waits = [(_time(task) - now).total_seconds() for task in self.tasks]
                    self._news.wait(min([_LOOK_SECONDS, *waits]))
                    continue
            for task in due:
                done = self._call(task)
                with self._news:
                    if done:
                        self.tasks.remove(task)
                    else:
                        task.schedule_time = datetime.now(UTC) + _REST

    def _call(self, task: Task) -> bool:
        request: Any = task.http_request
        try:
            answer = self._pool.request(
                HttpMethod(request.http_method).name,
                request.url,
                body=request.body,
                headers=dict(request.headers) | {"Authorization": "Bearer an-access-token"},
                timeout=_CALL_SECONDS,
            )
        except urllib3.exceptions.HTTPError:
            return False
        return 200 <= answer.status < 300


def _time(task: Task) -> datetime:
    time: datetime = task.schedule_time
    return time
