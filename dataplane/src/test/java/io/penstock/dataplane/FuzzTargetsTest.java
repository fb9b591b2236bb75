package io.penstock.dataplane;

import io.penstock.dataplane.config.ConfigurationFuzzTarget;
import io.penstock.dataplane.control.ControlFuzzTarget;
import io.penstock.dataplane.hot.icmp.ReplyFuzzTarget;
import io.penstock.dataplane.metrics.CounterFuzzTarget;
import io.penstock.dataplane.pcap.PcapFuzzTarget;
import io.penstock.dataplane.replay.EngineFuzzTarget;
import io.penstock.os.testkit.FuzzSeeds;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The fuzz targets of this module over the inputs that are kept; the fuzzer itself is a suite. */
class FuzzTargetsTest {

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenFramesAreKnown() {
        return FuzzSeeds.tests("engine", EngineFuzzTarget::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenAnswersAreKnown() {
        return FuzzSeeds.tests("replies", ReplyFuzzTarget::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenCapturesAreKnown() {
        return FuzzSeeds.tests("pcap", PcapFuzzTarget::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenConfigurationsAreKnown() {
        return FuzzSeeds.tests("configuration", ConfigurationFuzzTarget::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenCounterFilesAreKnown() {
        return FuzzSeeds.tests("counters", CounterFuzzTarget::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenRequestsAreKnown() {
        return FuzzSeeds.tests("control", ControlFuzzTarget::fuzzerTestOneInput);
    }
}
