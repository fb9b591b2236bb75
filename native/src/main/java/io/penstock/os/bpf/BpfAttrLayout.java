package io.penstock.os.bpf;

/**
 * Offsets into the argument of bpf(2), {@code union bpf_attr}, and into the structs that describe programs and links.
 *
 * <pre>
 *            0          4            8           12         16         24        32       40       48
 * MAP_CREATE | type      | key bytes  | value bytes| entries | flags    |                            | name at 28
 * MAP_*_ELEM | map fd    | -          | key                  | value    | flags  |
 * PROG_LOAD  | type      | insn count | insns                | license  | log level, size | log    | kernel, flags, name
 * TEST_RUN   | prog fd   | retval     | size in   | size out | data in  | out    | repeat, duration | ctx...
 * LINK_CREATE| prog fd   | ifindex    | attach type| flags   | TCX: relative fd | revision |
 * </pre>
 *
 * <p>All fields of four bytes unless the comment says eight. Source: linux/bpf.h.
 */
final class BpfAttrLayout {

    /** Bytes that every command here passes: the kernel accepts more than it knows as long as the rest is zero. */
    static final int BYTES = 128;
    /** Bytes of a map's, program's or link's name with its final zero: BPF_OBJ_NAME_LEN. */
    static final int NAME_BYTES = 16;

    static final int MAP_TYPE = 0;
    static final int MAP_KEY_BYTES = 4;
    static final int MAP_VALUE_BYTES = 8;
    static final int MAP_MAX_ENTRIES = 12;
    static final int MAP_FLAGS = 16;
    static final int MAP_NAME = 28;

    static final int ELEM_MAP_FD = 0;
    /** Eight bytes: an address. */
    static final int ELEM_KEY = 8;
    /** Eight bytes: an address, of the value or of the next key. */
    static final int ELEM_VALUE = 16;
    /** Eight bytes. */
    static final int ELEM_FLAGS = 24;

    static final int PROG_TYPE = 0;
    static final int PROG_INSN_COUNT = 4;
    /** Eight bytes: an address. */
    static final int PROG_INSNS = 8;
    /** Eight bytes: an address. */
    static final int PROG_LICENSE = 16;
    static final int PROG_LOG_LEVEL = 24;
    static final int PROG_LOG_BYTES = 28;
    /** Eight bytes: an address. */
    static final int PROG_LOG = 32;
    static final int PROG_NAME = 48;

    /** Eight bytes: an address. */
    static final int OBJ_PATH = 0;
    static final int OBJ_FD = 8;

    static final int TEST_PROG_FD = 0;
    static final int TEST_RETVAL = 4;
    static final int TEST_DATA_BYTES_IN = 8;
    static final int TEST_DATA_BYTES_OUT = 12;
    /** Eight bytes: an address. */
    static final int TEST_DATA_IN = 16;
    /** Eight bytes: an address. */
    static final int TEST_DATA_OUT = 24;
    static final int TEST_REPEAT = 32;
    static final int TEST_DURATION_NS = 36;
    static final int TEST_CTX_BYTES_IN = 40;
    static final int TEST_CTX_BYTES_OUT = 44;
    /** Eight bytes: an address. */
    static final int TEST_CTX_IN = 48;
    /** Eight bytes: an address. */
    static final int TEST_CTX_OUT = 56;
    static final int TEST_FLAGS = 64;
    static final int TEST_BATCH = 72;

    /** The id to start after in GET_NEXT_ID, the id itself in GET_FD_BY_ID. */
    static final int ID = 0;
    static final int NEXT_ID = 4;

    static final int INFO_FD = 0;
    static final int INFO_BYTES = 4;
    /** Eight bytes: an address. */
    static final int INFO = 8;

    static final int LINK_PROG_FD = 0;
    static final int LINK_IFINDEX = 4;
    static final int LINK_ATTACH_TYPE = 8;
    static final int LINK_FLAGS = 12;

    static final int UPDATE_LINK_FD = 0;
    static final int UPDATE_PROG_FD = 4;

    /** struct bpf_prog_info. */
    static final class ProgInfo {
        static final int TYPE = 0;
        static final int ID = 4;
        static final int NAME = 64;
        static final int BYTES = 80;

        private ProgInfo() {
        }
    }

    /** struct bpf_link_info with its XDP or TCX part. */
    static final class LinkInfo {
        static final int TYPE = 0;
        static final int ID = 4;
        static final int PROG_ID = 8;
        static final int IFINDEX = 16;
        static final int BYTES = 32;

        private LinkInfo() {
        }
    }

    private BpfAttrLayout() {
    }
}
