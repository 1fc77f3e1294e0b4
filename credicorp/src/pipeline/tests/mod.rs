mod connections;
mod emulated;
mod faults;
mod outcomes;
mod socket;
mod table;
mod walks;
