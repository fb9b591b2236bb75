/** IP sets as packets see them: off-heap, changed in place while workers read. Per packet: no allocation, nothing waits without bound. */
package io.penstock.rules.hot.set;
