mod faults;
mod outcomes;
mod table;
mod walks;
