"""A Pub/Sub that takes publish calls over gRPC, counts them, and fails as it is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.pubsub_v1 import PublisherClient, PublishRequest, PublishResponse
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

MAX_CALL_BYTES = 10_000_000  # https://cloud.google.com/pubsub/quotas#resource_limits


class PublisherServer:
    """Served on loopback until `close`; `fail` may abort a call, whose number it is given (from 1)."""

    def __init__(self) -> None:
        self.calls: list[PublishRequest] = []
        self.fail: Callable[[int, grpc.ServicerContext], None] = lambda _number, _context: None
        self._server = grpc.server(
            ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", MAX_CALL_BYTES)]
        )
        handler = grpc.unary_unary_rpc_method_handler(
            self._publish,
            request_deserializer=PublishRequest.deserialize,
            response_serializer=PublishResponse.serialize,
        )
        service = grpc.method_handlers_generic_handler(
            "google.pubsub.v1.Publisher", {"Publish": handler}
        )
        self._server.add_generic_rpc_handlers((service,))
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.client = PublisherClient(transport=PublisherGrpcTransport(channel=self._channel))

    def close(self) -> None:
        """Free the port."""
        self._channel.close()
        self._server.stop(None).wait()

    def _publish(self, request: PublishRequest, context: grpc.ServicerContext) -> PublishResponse:
        self.calls.append(request)
        self.fail(len(self.calls), context)
        ids = [str(n) for n in range(len(request.messages))]
        return PublishResponse(message_ids=ids)
