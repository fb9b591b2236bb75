package io.penstock.rules;

import io.penstock.os.testkit.FuzzSeeds;
import io.penstock.rules.text.CommandFuzzTarget;
import io.penstock.rules.text.RestoreFuzzTarget;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The fuzz targets of this module over the inputs that are kept; the fuzzer itself is a suite. */
class FuzzTargetsTest {

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenFilesAreKnown() {
        return FuzzSeeds.tests("restore", RestoreFuzzTarget::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> shouldHoldWhenCommandsAreKnown() {
        return FuzzSeeds.tests("commands", CommandFuzzTarget::fuzzerTestOneInput);
    }
}
