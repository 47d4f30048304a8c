"""Redis with RedisJSON as fakeredis plays it, on the port that is given."""

import sys

from fakeredis import FakeRedisConnection, TcpFakeServer
from fakeredis._commands import command
from fakeredis._socket._fakesocket import FakeSocket
from redis.exceptions import ResponseError


@command(name="INFO", fixed=(), repeat=(bytes,))
def info(_socket, *_sections):
    return b"redis_version:7.0.0\r\nrole:master\r\nconnected_slaves:0\r\n"


FakeSocket.info = info
read_response = FakeRedisConnection.read_response


def answer(*args, **kwargs):
    """An error is an answer: a server that raises it would end the connection."""
    try:
        return read_response(*args, **kwargs)
    except ResponseError as error:
        return error


FakeRedisConnection.read_response = answer
address = ("127.0.0.1", int(sys.argv[1]))
TcpFakeServer(address, server_type="redis", server_version=(7, 0)).serve_forever()
