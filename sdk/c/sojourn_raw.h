// Guest calls as they are. Made from `abi/imports.toml` and `abi/errors.toml`; do not edit.
#ifndef SOJOURN_RAW_H
#define SOJOURN_RAW_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define SOJOURN_RAW_CHECK(holds) static_assert(holds, #holds)
extern "C" {
#else
#define SOJOURN_RAW_CHECK(holds) _Static_assert(holds, #holds)
#endif

// What every call gives: 0, or why it did not do what it is for.
enum {
    SOJOURN_OK = 0,
    SOJOURN_UNKNOWN_ATOM = 1, // there is no such atom in the realm
    SOJOURN_UNKNOWN_NODE = 2, // there is no such node in the realm
    SOJOURN_NOT_RUNNING = 3, // the atom does not run any more
    SOJOURN_BUSY = 4, // something else is being done with it, or a queue is full
    SOJOURN_ALREADY_THERE = 5, // the atom is already where it is to go
    SOJOURN_PINNED = 6, // the atom uses something that cannot leave its machine
    SOJOURN_MISSING_FUNCTION = 7, // the node does not offer a host function that the module imports
    SOJOURN_MISSING_FEATURE = 8, // the node has no engine that can run it
    SOJOURN_NO_ROOM = 9, // there is no room for it
    SOJOURN_WRONG_VERSION = 10, // the other side speaks another version
    SOJOURN_WRONG_REALM = 11, // the node is of another realm
    SOJOURN_NOT_ALLOWED = 12, // the node has no right to join the realm
    SOJOURN_UNREACHABLE = 13, // the node does not answer
    SOJOURN_ABORTED = 14, // the move was given up; the atom goes on where it was
    SOJOURN_ENDED = 15, // the atom ended by itself meanwhile
    SOJOURN_LOST = 16, // the node ended right after it had taken the atom
    SOJOURN_NO_IMAGE = 17, // no image of it is kept
    SOJOURN_ALREADY_RUNS = 18, // the atom runs
    SOJOURN_INVALID_MODULE = 19, // the module cannot be run
    SOJOURN_INVALID_REQUEST = 20, // the request makes no sense
    SOJOURN_DISK_FULL = 21, // there is no room on the disk
    SOJOURN_MISSING_CONTENT = 22, // nobody at hand has that content
    SOJOURN_ADDRESS = 23, // the address cannot be listened on
    SOJOURN_INTERNAL = 24, // something failed that should not
    SOJOURN_SUPERSEDED = 25, // a newer copy of the atom speaks for it
    SOJOURN_NAME_TAKEN = 26, // a node of this name is in the realm already
    SOJOURN_ATOM_NAME_TAKEN = 27, // an atom of this name was born at that node already
    SOJOURN_TIMED_OUT = 28, // it was not answered in time
    SOJOURN_UNKNOWN_FUTURE = 29, // there is no such future
    SOJOURN_UNKNOWN_CALL = 30, // there is no such call to answer
    SOJOURN_TOO_SMALL = 31, // the room that was given is too small
    SOJOURN_TOO_LARGE = 32, // it is larger than its limit
    SOJOURN_NOTHING_DUE = 33, // no callback is due
    SOJOURN_INVALID_NAME = 34, // it cannot be a name
    SOJOURN_INVALID_PATTERN = 35, // it is not a pattern that names are matched with
    SOJOURN_NO_KEY = 36, // there is no such key
    SOJOURN_CONFLICT = 37, // the key has another version
    SOJOURN_NOT_GRANTED = 38, // the atom may not do this
    SOJOURN_BAD_DESCRIPTOR = 39, // the descriptor is none of this kind
    SOJOURN_RESET = 40, // the connection was reset
    SOJOURN_NOT_IN_REALM = 41, // the program runs alone, and not as an atom of a realm
    SOJOURN_CALLBACK = 42, // a callback is due first
    SOJOURN_UNKNOWN_ALIAS = 43, // no atom has such a name or alias
    SOJOURN_INVALID_ANNOTATION = 44, // the module's annotation cannot be what it says
    SOJOURN_BAD_POINTER = 45, // a pointer or length lies outside the guest's memory
    SOJOURN_HOSTS_NO_ATOMS = 46, // the node hosts no atoms
};

// Kinds of messages.
enum {
    SOJOURN_KIND_MESSAGE = 0, // A message.
    SOJOURN_KIND_INTERRUPT = 1, // One that is handled inside the receiver's next blocking call.
    SOJOURN_KIND_REPLY = 2, // The answer to a call.
    SOJOURN_KIND_FAILED = 3, // A call has failed; `code` tells why.
    SOJOURN_KIND_ENDED = 4, // An atom that is watched has ended; `code` is its exit status.
    SOJOURN_KIND_CHANGED = 5, // A key has changed.
};

enum {
    SOJOURN_INTERRUPT = 1, // Flag of a draft: an interrupt.
    SOJOURN_NESTED = 1, // Flag of `on_interrupt` and `on_future`: also while another callback runs.
    SOJOURN_WATCHED = 1, // Flag of `spawn`: the caller hears of the end.
    SOJOURN_LINKED = 2, // Flag of `spawn` and `watch`: when either ends badly, so does the other.
    SOJOURN_DEBUG = 0, // Level of `log`.
    SOJOURN_INFO = 1, // Level of `log`.
    SOJOURN_WARNING = 2, // Level of `log`.
    SOJOURN_ERROR = 3, // Level of `log`.
};

// The name of a code.
static inline const char *sojourn_code_name(int32_t code) {
    switch (code) {
    case SOJOURN_OK: return "Ok";
    case SOJOURN_UNKNOWN_ATOM: return "UnknownAtom";
    case SOJOURN_UNKNOWN_NODE: return "UnknownNode";
    case SOJOURN_NOT_RUNNING: return "NotRunning";
    case SOJOURN_BUSY: return "Busy";
    case SOJOURN_ALREADY_THERE: return "AlreadyThere";
    case SOJOURN_PINNED: return "Pinned";
    case SOJOURN_MISSING_FUNCTION: return "MissingFunction";
    case SOJOURN_MISSING_FEATURE: return "MissingFeature";
    case SOJOURN_NO_ROOM: return "NoRoom";
    case SOJOURN_WRONG_VERSION: return "WrongVersion";
    case SOJOURN_WRONG_REALM: return "WrongRealm";
    case SOJOURN_NOT_ALLOWED: return "NotAllowed";
    case SOJOURN_UNREACHABLE: return "Unreachable";
    case SOJOURN_ABORTED: return "Aborted";
    case SOJOURN_ENDED: return "Ended";
    case SOJOURN_LOST: return "Lost";
    case SOJOURN_NO_IMAGE: return "NoImage";
    case SOJOURN_ALREADY_RUNS: return "AlreadyRuns";
    case SOJOURN_INVALID_MODULE: return "InvalidModule";
    case SOJOURN_INVALID_REQUEST: return "InvalidRequest";
    case SOJOURN_DISK_FULL: return "DiskFull";
    case SOJOURN_MISSING_CONTENT: return "MissingContent";
    case SOJOURN_ADDRESS: return "Address";
    case SOJOURN_INTERNAL: return "Internal";
    case SOJOURN_SUPERSEDED: return "Superseded";
    case SOJOURN_NAME_TAKEN: return "NameTaken";
    case SOJOURN_ATOM_NAME_TAKEN: return "AtomNameTaken";
    case SOJOURN_TIMED_OUT: return "TimedOut";
    case SOJOURN_UNKNOWN_FUTURE: return "UnknownFuture";
    case SOJOURN_UNKNOWN_CALL: return "UnknownCall";
    case SOJOURN_TOO_SMALL: return "TooSmall";
    case SOJOURN_TOO_LARGE: return "TooLarge";
    case SOJOURN_NOTHING_DUE: return "NothingDue";
    case SOJOURN_INVALID_NAME: return "InvalidName";
    case SOJOURN_INVALID_PATTERN: return "InvalidPattern";
    case SOJOURN_NO_KEY: return "NoKey";
    case SOJOURN_CONFLICT: return "Conflict";
    case SOJOURN_NOT_GRANTED: return "NotGranted";
    case SOJOURN_BAD_DESCRIPTOR: return "BadDescriptor";
    case SOJOURN_RESET: return "Reset";
    case SOJOURN_NOT_IN_REALM: return "NotInRealm";
    case SOJOURN_CALLBACK: return "Callback";
    case SOJOURN_UNKNOWN_ALIAS: return "UnknownAlias";
    case SOJOURN_INVALID_ANNOTATION: return "InvalidAnnotation";
    case SOJOURN_BAD_POINTER: return "BadPointer";
    case SOJOURN_HOSTS_NO_ATOMS: return "HostsNoAtoms";
    default: return "unknown";
    }
}

// What a code says.
static inline const char *sojourn_code_text(int32_t code) {
    switch (code) {
    case SOJOURN_OK: return "it is done";
    case SOJOURN_UNKNOWN_ATOM: return "there is no such atom in the realm";
    case SOJOURN_UNKNOWN_NODE: return "there is no such node in the realm";
    case SOJOURN_NOT_RUNNING: return "the atom does not run any more";
    case SOJOURN_BUSY: return "something else is being done with it, or a queue is full";
    case SOJOURN_ALREADY_THERE: return "the atom is already where it is to go";
    case SOJOURN_PINNED: return "the atom uses something that cannot leave its machine";
    case SOJOURN_MISSING_FUNCTION: return "the node does not offer a host function that the module imports";
    case SOJOURN_MISSING_FEATURE: return "the node has no engine that can run it";
    case SOJOURN_NO_ROOM: return "there is no room for it";
    case SOJOURN_WRONG_VERSION: return "the other side speaks another version";
    case SOJOURN_WRONG_REALM: return "the node is of another realm";
    case SOJOURN_NOT_ALLOWED: return "the node has no right to join the realm";
    case SOJOURN_UNREACHABLE: return "the node does not answer";
    case SOJOURN_ABORTED: return "the move was given up; the atom goes on where it was";
    case SOJOURN_ENDED: return "the atom ended by itself meanwhile";
    case SOJOURN_LOST: return "the node ended right after it had taken the atom";
    case SOJOURN_NO_IMAGE: return "no image of it is kept";
    case SOJOURN_ALREADY_RUNS: return "the atom runs";
    case SOJOURN_INVALID_MODULE: return "the module cannot be run";
    case SOJOURN_INVALID_REQUEST: return "the request makes no sense";
    case SOJOURN_DISK_FULL: return "there is no room on the disk";
    case SOJOURN_MISSING_CONTENT: return "nobody at hand has that content";
    case SOJOURN_ADDRESS: return "the address cannot be listened on";
    case SOJOURN_INTERNAL: return "something failed that should not";
    case SOJOURN_SUPERSEDED: return "a newer copy of the atom speaks for it";
    case SOJOURN_NAME_TAKEN: return "a node of this name is in the realm already";
    case SOJOURN_ATOM_NAME_TAKEN: return "an atom of this name was born at that node already";
    case SOJOURN_TIMED_OUT: return "it was not answered in time";
    case SOJOURN_UNKNOWN_FUTURE: return "there is no such future";
    case SOJOURN_UNKNOWN_CALL: return "there is no such call to answer";
    case SOJOURN_TOO_SMALL: return "the room that was given is too small";
    case SOJOURN_TOO_LARGE: return "it is larger than its limit";
    case SOJOURN_NOTHING_DUE: return "no callback is due";
    case SOJOURN_INVALID_NAME: return "it cannot be a name";
    case SOJOURN_INVALID_PATTERN: return "it is not a pattern that names are matched with";
    case SOJOURN_NO_KEY: return "there is no such key";
    case SOJOURN_CONFLICT: return "the key has another version";
    case SOJOURN_NOT_GRANTED: return "the atom may not do this";
    case SOJOURN_BAD_DESCRIPTOR: return "the descriptor is none of this kind";
    case SOJOURN_RESET: return "the connection was reset";
    case SOJOURN_NOT_IN_REALM: return "the program runs alone, and not as an atom of a realm";
    case SOJOURN_CALLBACK: return "a callback is due first";
    case SOJOURN_UNKNOWN_ALIAS: return "no atom has such a name or alias";
    case SOJOURN_INVALID_ANNOTATION: return "the module's annotation cannot be what it says";
    case SOJOURN_BAD_POINTER: return "a pointer or length lies outside the guest's memory";
    case SOJOURN_HOSTS_NO_ATOMS: return "the node hosts no atoms";
    default: return "an error that this version does not know";
    }
}

// Whether a code says that nothing happened, and nothing will.
static inline int sojourn_code_definite(int32_t code) {
    return code != SOJOURN_UNREACHABLE && code != SOJOURN_LOST && code != SOJOURN_INTERNAL && code != SOJOURN_TIMED_OUT && code != SOJOURN_RESET;
}

// Bytes in the guest's memory.
typedef struct {
    const void *at;
    uint32_t length;
} sojourn_raw_bytes;
SOJOURN_RAW_CHECK(sizeof(sojourn_raw_bytes) == 8);

// A message to be sent.
typedef struct {
    // What kind of message it is, as its receiver understands it.
    sojourn_raw_bytes type;
    // What it is about; may be empty.
    sojourn_raw_bytes subject;
    // Media type of the data; empty: bytes.
    sojourn_raw_bytes content_type;
    // The data.
    sojourn_raw_bytes data;
    // 1: an interrupt, which its receiver handles inside its next blocking call.
    uint32_t flags;
    // 0.
    uint32_t reserved;
} sojourn_raw_draft;
SOJOURN_RAW_CHECK(sizeof(sojourn_raw_draft) == 40);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_draft, type) == 0);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_draft, subject) == 8);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_draft, content_type) == 16);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_draft, data) == 24);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_draft, flags) == 32);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_draft, reserved) == 36);

// A message that came. Texts and data lie in the room that was given.
typedef struct {
    // Its number, unique for its source.
    uint64_t id;
    // To be given to `reply`; 0: no answer is expected.
    uint64_t call;
    // 0 message, 1 interrupt, 2 reply, 3 failed call (`code` tells why), 4 end of an atom that is watched,
    // 5 change of a key.
    uint32_t kind;
    // Error code of a failed call, or exit status of an atom that ended by itself.
    uint32_t code;
    // Global name of whoever sent it.
    sojourn_raw_bytes source;
    // As in `draft`.
    sojourn_raw_bytes type;
    // As in `draft`.
    sojourn_raw_bytes subject;
    // As in `draft`.
    sojourn_raw_bytes content_type;
    // As in `draft`.
    sojourn_raw_bytes data;
    // Bytes of room that all of it takes.
    uint32_t needed;
    // 0.
    uint32_t reserved;
} sojourn_raw_head;
SOJOURN_RAW_CHECK(sizeof(sojourn_raw_head) == 72);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, id) == 0);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, call) == 8);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, kind) == 16);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, code) == 20);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, source) == 24);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, type) == 32);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, subject) == 40);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, content_type) == 48);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, data) == 56);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, needed) == 64);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_head, reserved) == 68);

// Where an atom is, and how it came there. Texts lie in the room that was given.
typedef struct {
    // How often it has moved.
    uint64_t moves;
    // How long its last move kept it from running, in nanoseconds.
    uint64_t downtime_ns;
    // Bytes that its last move sent.
    uint64_t moved_bytes;
    // Name of the node.
    sojourn_raw_bytes node;
    // Tags of the node, with commas between them.
    sojourn_raw_bytes tags;
    // Bytes of room that all of it takes.
    uint32_t needed;
    // 0.
    uint32_t reserved;
} sojourn_raw_place;
SOJOURN_RAW_CHECK(sizeof(sojourn_raw_place) == 48);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_place, moves) == 0);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_place, downtime_ns) == 8);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_place, moved_bytes) == 16);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_place, node) == 24);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_place, tags) == 32);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_place, needed) == 40);
SOJOURN_RAW_CHECK(offsetof(sojourn_raw_place, reserved) == 44);

// Sends a message. Waits for room until the deadline when the way to the receiver is full.
// `to`: Name of the receiver: global, or local and then any atom of that name.
// `draft`: The message.
// `deadline`: How long to wait for room.
// `id`: Number that the message got.
// Codes: `UnknownAtom`, `Busy`, `TooLarge`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("send")))
int32_t sojourn_raw_send(const void *to, uint32_t to_length, const sojourn_raw_draft *draft, int64_t deadline, uint64_t *id);

// Sends a message that is to be answered; the answer comes to a future.
// `to`: As in `send`.
// `draft`: The message.
// `deadline`: How long to wait for room.
// `expires`: When the future fails with `TimedOut`; negative: never.
// `future`: The future.
// Codes: `UnknownAtom`, `Busy`, `TooLarge`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("call")))
int32_t sojourn_raw_call(const void *to, uint32_t to_length, const sojourn_raw_draft *draft, int64_t deadline, int64_t expires, uint64_t *future);

// Waits for a future, and takes its answer; the future is gone then.
// `future`: The future.
// `deadline`: How long to wait; `TimedOut` leaves the future as it is.
// `into`: Room for texts and data.
// `head`: The answer; kind 3 when the call failed.
// Codes: `TimedOut`, `UnknownFuture`, `TooSmall`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("await")))
int32_t sojourn_raw_await(uint64_t future, int64_t deadline, void *into, uint32_t into_capacity, sojourn_raw_head *head);

// Gives a future up; an answer that comes later is dropped.
// `future`: The future.
// Codes: `UnknownFuture`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("cancel")))
int32_t sojourn_raw_cancel(uint64_t future);

// Answers a message. Waits for room like `send`.
// `call`: `call` of the message's head.
// `draft`: The answer.
// `deadline`: How long to wait for room.
// Codes: `UnknownCall`, `Busy`, `TooLarge`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("reply")))
int32_t sojourn_raw_reply(uint64_t call, const sojourn_raw_draft *draft, int64_t deadline);

// Takes the next message. In `handle` of a reactive atom there is one already.
// `deadline`: How long to wait.
// `into`: Room for texts and data; when it is too small the message stays, and `needed` tells how much
// it takes.
// `head`: The message.
// Codes: `TimedOut`, `TooSmall`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("receive")))
int32_t sojourn_raw_receive(int64_t deadline, void *into, uint32_t into_capacity, sojourn_raw_head *head);

// Interrupts become callbacks from now on; those that came before are due at once. Without it they are
// messages.
// `context`: Given to the callback, such as a function's index; 0: no callbacks any more.
// `flags`: 1: also while another callback runs.
__attribute__((__import_module__("sojourn_v1"), __import_name__("on_interrupt")))
int32_t sojourn_raw_on_interrupt(uint64_t context, uint32_t flags);

// The answer of a future becomes a callback instead of waiting for `await`; the future is gone when it
// is due.
// `future`: The future.
// `context`: Given to the callback.
// `flags`: As in `on_interrupt`.
// Codes: `UnknownFuture`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("on_future")))
int32_t sojourn_raw_on_future(uint64_t future, uint64_t context, uint32_t flags);

// Takes the callback that is due, and begins it.
// `into`: Room for texts and data.
// `head`: The message that it is about.
// `context`: What was given for it.
// Codes: `NothingDue`, `TooSmall`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("callback")))
int32_t sojourn_raw_callback(void *into, uint32_t into_capacity, sojourn_raw_head *head, uint64_t *context);

// The callback that began last has ended.
// Codes: `NothingDue`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("callback_end")))
int32_t sojourn_raw_callback_end(void);

// Starts an atom at this node.
// `module`: Empty: the module of the caller; the name of an atom: its module; 64 hexadecimal digits:
// the module with this hash.
// `name`: Its name; empty: one is chosen.
// `argument`: Its first argument.
// `flags`: 1: watched by the caller; 2: linked to it.
// `into`: Room for its global name: at least 129 bytes.
// `length`: Bytes of its name.
// Codes: `AtomNameTaken`, `InvalidName`, `NoRoom`, `MissingContent`, `InvalidModule`, `TooSmall`,
// `TooLarge`, `UnknownAtom`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("spawn")))
int32_t sojourn_raw_spawn(const void *module, uint32_t module_length, const void *name, uint32_t name_length, const void *argument, uint32_t argument_length, uint32_t flags, void *into, uint32_t into_capacity, uint32_t *length);

// Ends the atom with this status. Does not return.
// `status`: The status.
__attribute__((__import_module__("sojourn_v1"), __import_name__("exit")))
int32_t sojourn_raw_exit(uint32_t status);

// The atom's own global name, the one that it was born with.
// `into`: Room for it.
// `length`: Bytes that it has.
// Codes: `TooSmall`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("self")))
int32_t sojourn_raw_self(void *into, uint32_t into_capacity, uint32_t *length);

// A message of kind 4 comes, once, when the atom ends; at once when there is none. Its type tells how:
// `exited` (`code` is the status), `stopped`, `failed` (the subject tells why), `lost` with its node
// (`code` 16; or 13 when that node has not answered for 10 s, and the atom may live), `ended` when
// there is no such atom (`code` 1).
// `name`: The atom.
// `flags`: 2: linked: when either ends otherwise than with status 0, the other is ended, too.
// Codes: `Busy`, `InvalidName`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("watch")))
int32_t sojourn_raw_watch(const void *name, uint32_t name_length, uint32_t flags);

// Takes `watch` back.
// `name`: The atom.
// Codes: `UnknownAtom`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("unwatch")))
int32_t sojourn_raw_unwatch(const void *name, uint32_t name_length);

// Gives the atom an alias; it may have many, and many atoms may have the same.
// `scope`: The scope of the alias, such as `topic`.
// `alias`: The alias.
// Codes: `InvalidName`, `TooLarge`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("alias_set")))
int32_t sojourn_raw_alias_set(const void *scope, uint32_t scope_length, const void *alias, uint32_t alias_length);

// Takes an alias back.
// `scope`: The scope.
// `alias`: The alias; empty: all of the scope.
// Codes: `InvalidName`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("alias_clear")))
int32_t sojourn_raw_alias_clear(const void *scope, uint32_t scope_length, const void *alias, uint32_t alias_length);

// The name of any atom that fits; the nearest: one of this node if there is one.
// `scope`: Empty: names are matched; otherwise aliases of this scope.
// `pattern`: A regular expression for the whole name or alias.
// `into`: Room for its global name.
// `length`: Bytes of it.
// Codes: `UnknownAtom`, `InvalidPattern`, `TooSmall`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("find_any")))
int32_t sojourn_raw_find_any(const void *scope, uint32_t scope_length, const void *pattern, uint32_t pattern_length, void *into, uint32_t into_capacity, uint32_t *length);

// The names of all atoms that fit, in order, with a newline after each.
// `scope`: As in `find_any`.
// `pattern`: As in `find_any`.
// `into`: Room for the names.
// `length`: Bytes of all of them, also when the room is too small.
// Codes: `InvalidPattern`, `TooSmall`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("find_all")))
int32_t sojourn_raw_find_all(const void *scope, uint32_t scope_length, const void *pattern, uint32_t pattern_length, void *into, uint32_t into_capacity, uint32_t *length);

// The value of a key.
// `key`: The key.
// `into`: Room for the value.
// `length`: Bytes of it, also when the room is too small.
// `version`: Its version, for `kv_compare_and_set`.
// Codes: `NoKey`, `TooSmall`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("kv_get")))
int32_t sojourn_raw_kv_get(const void *key, uint32_t key_length, void *into, uint32_t into_capacity, uint32_t *length, uint64_t *version);

// Sets a key.
// `key`: The key.
// `value`: The value.
// `version`: Its version now.
// Codes: `TooLarge`, `NoRoom`, `DiskFull`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("kv_put")))
int32_t sojourn_raw_kv_put(const void *key, uint32_t key_length, const void *value, uint32_t value_length, uint64_t *version);

// Removes a key.
// `key`: The key.
// Codes: `NoKey`, `DiskFull`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("kv_delete")))
int32_t sojourn_raw_kv_delete(const void *key, uint32_t key_length);

// Sets a key if it still has this version.
// `key`: The key.
// `expected`: The version; 0: if there is no such key.
// `value`: The value.
// `version`: Its version now, also when it was another one.
// Codes: `Conflict`, `TooLarge`, `NoRoom`, `DiskFull`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("kv_compare_and_set")))
int32_t sojourn_raw_kv_compare_and_set(const void *key, uint32_t key_length, uint64_t expected, const void *value, uint32_t value_length, uint64_t *version);

// Keys with a prefix, in order, each with its length before it (4 bytes).
// `prefix`: The prefix.
// `after`: Only keys after this one; empty: from the first on.
// `into`: Room; as many keys as fit are given.
// `length`: Bytes written.
// `more`: 1 when there are more.
// Codes: `TooSmall`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("kv_list")))
int32_t sojourn_raw_kv_list(const void *prefix, uint32_t prefix_length, const void *after, uint32_t after_length, void *into, uint32_t into_capacity, uint32_t *length, uint32_t *more);

// Changes of keys with this prefix come as messages of kind 5 from the atom itself: type `put` or
// `delete`, subject the key as text (bytes that are none are replaced), data the new value, or for
// `delete` the key byte for byte; the id is the version. A change for which the mailbox has no room is
// refused with `NoRoom`.
// `prefix`: The prefix.
// `on`: 1: from now on; 0: no more.
// Codes: `NoRoom`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("kv_watch")))
int32_t sojourn_raw_kv_watch(const void *prefix, uint32_t prefix_length, uint32_t on);

// Opens a TCP connection, if the atom may.
// `address`: `host:port`.
// `deadline`: How long to wait.
// `fd`: Its descriptor, also for WASI calls.
// Codes: `NotGranted`, `Unreachable`, `TimedOut`, `Address`, `NoRoom`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("connect")))
int32_t sojourn_raw_connect(const void *address, uint32_t address_length, int64_t deadline, uint32_t *fd);

// Listens for TCP connections, if the atom may: at the node where it opened its first connection or
// listener, wherever it is now.
// `address`: `host:port`; port 0: any.
// `fd`: Its descriptor.
// Codes: `NotGranted`, `Address`, `NoRoom`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("listen")))
int32_t sojourn_raw_listen(const void *address, uint32_t address_length, uint32_t *fd);

// Takes the next connection of a listener.
// `listener`: The listener.
// `deadline`: How long to wait.
// `fd`: The connection's descriptor.
// Codes: `TimedOut`, `BadDescriptor`, `NoRoom`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("accept")))
int32_t sojourn_raw_accept(uint32_t listener, int64_t deadline, uint32_t *fd);

// Reads from a connection what is there; 0 bytes at the end.
// `fd`: The connection.
// `into`: Room for the bytes.
// `deadline`: How long to wait.
// `length`: Bytes read.
// Codes: `TimedOut`, `BadDescriptor`, `Reset`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("read")))
int32_t sojourn_raw_read(uint32_t fd, void *into, uint32_t into_capacity, int64_t deadline, uint32_t *length);

// Writes to a connection as much as it takes, at least a byte.
// `fd`: The connection.
// `bytes`: What to write.
// `deadline`: How long to wait.
// `length`: Bytes written.
// Codes: `TimedOut`, `BadDescriptor`, `Reset`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("write")))
int32_t sojourn_raw_write(uint32_t fd, const void *bytes, uint32_t bytes_length, int64_t deadline, uint32_t *length);

// Closes a connection or listener; what was written still goes out.
// `fd`: Which.
// Codes: `BadDescriptor`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("close")))
int32_t sojourn_raw_close(uint32_t fd);

// A line to the atom's standard error, as `level: line`. Waits for room as a write does; a line is
// never cut. Nothing happens when nobody can read it any more.
// `level`: 0 debug, 1 info, 2 warning, 3 error.
// `line`: The line, at most 64 KiB.
// Codes: `TooLarge`, `Callback`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("log")))
int32_t sojourn_raw_log(uint32_t level, const void *line, uint32_t line_length);

// Where the atom is.
// `into`: Room for texts.
// `place`: Where it is.
// Codes: `TooSmall`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("here")))
int32_t sojourn_raw_here(void *into, uint32_t into_capacity, sojourn_raw_place *place);

// The atom does not move until `wander`, or until this time is over; at most 1 s.
// `nanoseconds`: How long.
// Codes: `TooLarge`.
__attribute__((__import_module__("sojourn_v1"), __import_name__("stay")))
int32_t sojourn_raw_stay(uint64_t nanoseconds);

// The atom may move again.
__attribute__((__import_module__("sojourn_v1"), __import_name__("wander")))
int32_t sojourn_raw_wander(void);

// Nanoseconds on a clock that never goes back, also when the atom moves: the clock of deadlines.
// `nanoseconds`: The time.
__attribute__((__import_module__("sojourn_v1"), __import_name__("now")))
int32_t sojourn_raw_now(uint64_t *nanoseconds);

#ifdef __cplusplus
}
#endif

#endif
