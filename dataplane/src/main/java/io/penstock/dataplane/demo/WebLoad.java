package io.penstock.dataplane.demo;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Clients that ask the service until they are told to end: most over connections that they keep, some over a new one each time. Threads: one. */
final class WebLoad implements AutoCloseable {

    /** Enough that each server has some at any time. */
    static final int KEEPING = 24;

    /** Some hundred new connections a second: enough to see within half a second how they are distributed. */
    static final int CHANGING = 6;

    private final List<WebClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    WebLoad(final String netns, final InetSocketAddress service, final WebTally tally) {
        for (int number = 0; number < KEEPING + CHANGING; number++) {
            final WebClient client = new WebClient(number, netns, service, number < KEEPING, tally);
            clients.add(client);
            threads.add(Thread.ofPlatform().name("web-client-" + number).daemon().unstarted(client));
        }
    }

    /** Begins. */
    void start() {
        threads.forEach(Thread::start);
    }

    /** Connections that a server has, as far as it has answered over them. */
    long held(final Backend backend) {
        return clients.stream().filter(client -> client.server() == backend).count();
    }

    /** Returns when all have finished what they asked last. */
    @Override
    public void close() {
        clients.forEach(WebClient::end);
        try {
            for (final Thread thread : threads) {
                thread.join();
            }
        } catch (final InterruptedException e) {
            throw Programs.interrupted(e);
        }
    }
}
