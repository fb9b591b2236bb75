package io.penstock.os.xdp;

import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.MappedMemory;
import java.io.IOException;

/** Another process for tests: holds a queue until its input ends. Arguments: namespace, ifindex, device. */
final class QueueHolder {

    private QueueHolder() {
    }

    public static void main(final String[] arguments) throws IOException {
        NetNs.enter(arguments[0]);
        final Umem umem = Umem.create(64, 2048, 0, MappedMemory.Pages.NORMAL);
        XskSocket.open(Integer.parseInt(arguments[1]), arguments[2], 0, umem, XskOptions.DEFAULTS);
        System.out.println("held");
        while (System.in.read() >= 0) {
            // Until the parent closes its end, or dies.
        }
    }
}
