mod emulated;
mod faults;
mod outcomes;
mod table;
mod walks;
