package io.penstock.conntrack.hot.track;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The trackers, from a packet's bytes to its connection's state, against what Linux 6.18 made of the same bytes. */
final class TrackersTest {

    @TestFactory
    Stream<DynamicTest> shouldFollowTcpAsTheKernelDoes() {
        return KernelScript.tests("tcp.txt");
    }

    @TestFactory
    Stream<DynamicTest> shouldChangeTcpStateAsTheKernelDoesWhenAnyEventComesInAnyState() {
        return KernelScript.tests("tcp-states.txt");
    }

    @TestFactory
    Stream<DynamicTest> shouldFollowTcpAsTheKernelDoesWhenSequencesAreRandom() {
        return KernelScript.tests("tcp-random.txt");
    }

    @TestFactory
    Stream<DynamicTest> shouldFollowSctpAsTheKernelDoesWhenSequencesAreRandom() {
        return KernelScript.tests("sctp-random.txt");
    }

    @TestFactory
    Stream<DynamicTest> shouldFollowSctpAsTheKernelDoes() {
        return KernelScript.tests("sctp.txt");
    }

    @TestFactory
    Stream<DynamicTest> shouldChangeSctpStateAsTheKernelDoesWhenAnyChunkComesInAnyState() {
        return KernelScript.tests("sctp-states.txt");
    }

    @TestFactory
    Stream<DynamicTest> shouldFollowOtherProtocolsAsTheKernelDoes() {
        return KernelScript.tests("others.txt");
    }
}
