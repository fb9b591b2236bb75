package io.penstock.os.bpf;

/** How an XDP program is attached. Source: XDP_FLAGS_* in linux/if_link.h. */
public enum XdpMode {
    /** In the driver, before the kernel makes an skb: fast, but the driver must support it. */
    NATIVE(1 << 2),
    /** In the kernel's receive path, after the skb was made: works on every device. */
    GENERIC(1 << 1);

    final int flag;

    XdpMode(final int flag) {
        this.flag = flag;
    }
}
