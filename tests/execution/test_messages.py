"""Messages arrive whole or not at all, in whatever pieces the bytes come."""

import socket
import threading
from pickle import UnpicklingError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.execution.messages import LENGTH, Channel, pack, receive, send


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@given(st.lists(st.binary(max_size=50)), st.lists(st.integers(1, 30), min_size=1))
def test_pieces_of_any_size_make_the_same_messages(messages, sizes):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = Channel(ours)
        content = b"".join(pack(message) for message in messages)
        received, place, turn = [], 0, 0
        while place < len(content):
            size = sizes[turn % len(sizes)]
            theirs.sendall(content[place : place + size])
            place, turn = place + size, turn + 1
            received += channel.receive()[0]
        assert received == messages


def test_a_message_that_ends_early_is_none(ends):
    ours, theirs = ends
    channel = Channel(ours)
    theirs.sendall(pack("first") + pack("second")[:-1])
    theirs.close()
    assert channel.receive() == (["first"], False)


def test_a_channel_does_not_wait_for_the_reader(ends):
    ours, theirs = ends
    channel, message = Channel(ours), b"x" * 10_000_000
    channel.send(pack(message))
    assert channel.has_unsent
    received = []
    reader = threading.Thread(target=lambda: received.append(receive(theirs)))
    reader.start()
    while channel.has_unsent:
        channel.flush()
    reader.join()
    assert received == [message]


def test_sending_to_the_dead_is_no_error(ends):
    ours, theirs = ends
    theirs.close()
    channel = Channel(ours)
    channel.send(pack("hello"))
    assert not channel.has_unsent
    assert channel.receive() == ([], False)


@pytest.mark.parametrize("content", [b"\xff" * 100, (5).to_bytes(LENGTH) + b"noise"])
def test_noise_is_an_error(ends, content):
    ours, theirs = ends
    theirs.sendall(content)
    with pytest.raises((ValueError, UnpicklingError)):
        Channel(ours).receive()


def test_waiting_ends_with_the_other_process(ends):
    ours, theirs = ends
    send(theirs, [1])
    theirs.close()
    assert receive(ours) == [1]
    with pytest.raises(EOFError):
        receive(ours)
