"""The contract of the event store as a test suite, for any database that claims to keep it.

Two classes in a test module bind the whole suite to a connection of ``DATABASES``::

    @pytest.mark.django_db(databases=["default"])
    class TestMyDatabase(EventStoreContract):
        using = "default"


    @pytest.mark.django_db(databases=["default"], transaction=True)
    class TestMyDatabaseCommitted(CommittedContract):
        using = "default"

Needs pytest and pytest-django. Where databases may differ, an attribute of ``ContractCase`` says how.
"""

from __future__ import annotations

from .aggregates import AggregateContract
from .append import AppendContract
from .asynchronous import AsyncContract
from .batches import BatchContract
from .case import ContractCase
from .committed import CommittedContract
from .erasures import ErasureContract
from .eventtypes import EventTypeContract
from .idempotency import IdempotencyContract
from .immutability import ImmutabilityContract
from .iterators import IteratorContract
from .limits import LimitContract
from .metadata import MetadataContract
from .order import OrderContract
from .queries import QueryContract
from .reads import ReadContract
from .snapshots import SnapshotContract
from .streamnames import StreamNameContract
from .subscriptions import SubscriptionContract
from .subscriptions_checkpoints import CheckpointContract
from .subscriptions_eventtypes import EventTypeSubscriptionContract
from .subscriptions_failures import FailureContract
from .subscriptions_handlers import HandlerContract
from .subscriptions_operations import OperationContract
from .subscriptions_owners import OwnerContract
from .subscriptions_parking import ParkingContract
from .subscriptions_statuses import StatusContract
from .times import UndecodableTimeContract
from .transactions import TransactionContract
from .undecodable import UndecodableContract
from .undecodablesnapshots import UndecodableSnapshotContract
from .validation import ValidationContract
from .values import ValueContract

__all__ = ["CommittedContract", "ContractCase", "EventStoreContract"]


class EventStoreContract(
    AppendContract,
    BatchContract,
    IdempotencyContract,
    ValidationContract,
    LimitContract,
    ValueContract,
    EventTypeContract,
    MetadataContract,
    StreamNameContract,
    ReadContract,
    IteratorContract,
    UndecodableContract,
    UndecodableTimeContract,
    OrderContract,
    QueryContract,
    ImmutabilityContract,
    ErasureContract,
    TransactionContract,
    AsyncContract,
    SubscriptionContract,
    HandlerContract,
    CheckpointContract,
    OwnerContract,
    FailureContract,
    ParkingContract,
    EventTypeSubscriptionContract,
    OperationContract,
    StatusContract,
    SnapshotContract,
    UndecodableSnapshotContract,
    AggregateContract,
):
    """Everything that a database promises: set ``using`` and mark the class with ``django_db``."""
