package io.penstock.dataplane.ipvs.text;

import io.penstock.os.testkit.FuzzSeeds;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The fuzz target over the inputs that are kept. */
class IpvsadmFuzzTest {

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenFilesAreKnown() {
        return FuzzSeeds.tests("ipvsadm", IpvsadmFuzzTarget::fuzzerTestOneInput);
    }
}
