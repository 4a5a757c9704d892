//! The SDK's table of error codes is the protocol's.

use glomers_history::ErrorCode;

#[test]
fn nodes_and_engine_agree_on_error_codes() {
    for ErrorCode { number, name, is_definite } in ErrorCode::ALL {
        let code = glomers_node::ErrorCode::from_number(u32::try_from(*number).unwrap());
        assert_eq!((code.name(), code.is_definite()), (*name, *is_definite));
        assert!(!matches!(code, glomers_node::ErrorCode::Other(_)), "{name}");
    }
}
