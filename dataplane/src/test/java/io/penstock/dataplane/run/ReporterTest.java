package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the operator reads of messages that come more than once. */
@Timeout(60)
final class ReporterTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void shouldPrintAMessageOnceAndCountItWhenItComesAgain() {
        try (Reporter reporter = reporter("")) {
            reporter.report("no memory");
            reporter.report("no memory");
            reporter.report("no ports");
        }
        assertEquals("penstock: no memory\npenstock: no ports\npenstock: 2 times: no memory\n", printed());
    }

    @Test
    void shouldTellWhatHappensAgainEachTime() {
        try (Reporter reporter = reporter("netns=blue")) {
            reporter.tell("server 10.0.0.1:80 is down");
            reporter.tell("server 10.0.0.1:80 is up");
            reporter.tell("server 10.0.0.1:80 is down");
        }
        assertEquals("""
                penstock: netns=blue: server 10.0.0.1:80 is down
                penstock: netns=blue: server 10.0.0.1:80 is up
                penstock: netns=blue: server 10.0.0.1:80 is down
                """, printed());
    }

    /** Takes nothing until somebody reads. */
    private final class Unread extends OutputStream {

        private final CountDownLatch written = new CountDownLatch(1);
        private final CountDownLatch read = new CountDownLatch(1);

        @Override
        public void write(final int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(final byte[] from, final int offset, final int length) {
            written.countDown();
            try {
                read.await();
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
            out.write(from, offset, length);
        }
    }

    @Test
    void shouldKeepNobodyWaitingAndCountWhatItDropsWhenNobodyReads() throws InterruptedException {
        final Unread unread = new Unread();
        final Reporter reporter = new Reporter(new PrintStream(unread, true, StandardCharsets.UTF_8), "");
        final int kept = 1 + 4096;
        reporter.tell("server 0 is down");
        unread.written.await();
        for (int i = 1; i < 10_000; i++) {
            reporter.tell("server " + i + " is down");
        }
        reporter.close();
        assertEquals("", printed());
        unread.read.countDown();
        reporter.close();
        final String[] lines = printed().split("\n");
        assertEquals(kept + 1, lines.length);
        for (int i = 0; i < kept; i++) {
            assertEquals("penstock: server " + i + " is down", lines[i]);
        }
        assertEquals("penstock: messages were dropped, for nobody read them: " + (10_000 - kept), lines[kept]);
    }

    private Reporter reporter(final String about) {
        return new Reporter(new PrintStream(out, true, StandardCharsets.UTF_8), about);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
