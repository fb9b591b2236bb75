package io.penstock.os.xdp;

/**
 * Numbers and structs of AF_XDP.
 *
 * <pre>
 *   sockaddr_xdp      family u16 | flags u16 | ifindex u32 | queue u32 | shared umem fd u32               16 bytes
 *   xdp_umem_reg      addr u64 | len u64 | chunk u32 | headroom u32 | flags u32 | metadata u32            32 bytes
 *   xdp_mmap_offsets  4 x (producer u64 | consumer u64 | descriptors u64 | flags u64): RX, TX, fill, compl. 128 bytes
 *   xdp_statistics    6 x u64                                                                             48 bytes
 * </pre>
 *
 * <p>Source: linux/if_xdp.h, asm-generic/socket.h; a test compares the structs with what the C compiler prints.
 */
final class XskLayout {

    static final int AF_XDP = 44;
    static final int SOL_XDP = 283;
    static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;

    static final int MMAP_OFFSETS = 1;
    static final int RX_RING = 2;
    static final int TX_RING = 3;
    static final int UMEM_REG = 4;
    static final int UMEM_FILL_RING = 5;
    static final int UMEM_COMPLETION_RING = 6;
    static final int STATISTICS = 7;
    static final int OPTIONS = 8;
    static final int MAX_TX_SKB_BUDGET = 9;

    static final long PGOFF_RX = 0;
    static final long PGOFF_TX = 0x8000_0000L;
    static final long PGOFF_FILL = 0x1_0000_0000L;
    static final long PGOFF_COMPLETION = 0x1_8000_0000L;

    static final int BIND_SHARED_UMEM = 1;
    static final int BIND_COPY = 1 << 1;
    static final int BIND_ZEROCOPY = 1 << 2;
    static final int BIND_NEED_WAKEUP = 1 << 3;

    static final int OPTION_ZEROCOPY = 1;

    static final int SOCKADDR_BYTES = 16;
    static final int SOCKADDR_FLAGS = 2;
    static final int SOCKADDR_IFINDEX = 4;
    static final int SOCKADDR_QUEUE = 8;
    static final int SOCKADDR_SHARED_FD = 12;

    static final int UMEM_REG_BYTES = 32;
    static final int UMEM_REG_LENGTH = 8;
    static final int UMEM_REG_CHUNK = 16;
    static final int UMEM_REG_HEADROOM = 20;

    static final int OFFSETS_BYTES = 128;
    static final int OFFSETS_RX = 0;
    static final int OFFSETS_TX = 32;
    static final int OFFSETS_FILL = 64;
    static final int OFFSETS_COMPLETION = 96;
    static final int OFFSET_PRODUCER = 0;
    static final int OFFSET_CONSUMER = 8;
    static final int OFFSET_DESCRIPTORS = 16;
    static final int OFFSET_FLAGS = 24;

    static final int STATISTICS_BYTES = 48;
    static final int STATISTICS_RX_DROPPED = 0;
    static final int STATISTICS_RX_INVALID = 8;
    static final int STATISTICS_TX_INVALID = 16;
    static final int STATISTICS_RX_FULL = 24;
    static final int STATISTICS_FILL_EMPTY = 32;
    static final int STATISTICS_TX_EMPTY = 40;

    /** What the kernel leaves free before the data of every received packet, for XDP programs to grow into. */
    static final int XDP_HEADROOM_BYTES = 256;

    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_BUSY_POLL = 46;
    static final int SO_PREFER_BUSY_POLL = 69;
    static final int SO_BUSY_POLL_BUDGET = 70;

    private XskLayout() {
    }
}
