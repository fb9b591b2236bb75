/** Classes that break the rules of hot packages on purpose, and one that keeps them. */
package io.penstock.perf.archfixture.hot;
