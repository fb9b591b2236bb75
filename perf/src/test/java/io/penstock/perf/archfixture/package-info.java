/** Classes that break the project's rules on purpose, for the tests of the rules. */
package io.penstock.perf.archfixture;
