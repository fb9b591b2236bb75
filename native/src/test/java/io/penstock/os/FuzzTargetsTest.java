package io.penstock.os;

import io.penstock.os.hot.packet.HeaderFuzzTarget;
import io.penstock.os.netlink.MirrorFuzzTarget;
import io.penstock.os.netlink.NetlinkFuzzTarget;
import io.penstock.os.testkit.FuzzSeeds;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The fuzz targets of this module over the inputs that are kept; the fuzzer itself is a suite. */
class FuzzTargetsTest {

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenHeadersAreKnown() {
        return FuzzSeeds.tests("headers", HeaderFuzzTarget::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenMessagesAreKnown() {
        return FuzzSeeds.tests("netlink", NetlinkFuzzTarget::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenEventsAreKnown() {
        return FuzzSeeds.tests("mirror", MirrorFuzzTarget::fuzzerTestOneInput);
    }
}
