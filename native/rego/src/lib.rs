//! One Rego policy behind four exported functions: `reserve`, `discard`, `load` and `evaluate`.
//!
//! Texts go in and out as UTF-8 in this module's memory. An answer is a pointer in the upper and a length in the lower
//! half of an i64; whoever gets it discards it. Answers are JSON: `{"value":…}`, `{}` for undefined, `{"error":"…"}`.
//!
//! What the interpreter has no function for (`io.jwt.*`, `crypto.*`) is asked of the host through the import `call`.

use anyhow::{Result, anyhow, bail};
use core::cell::RefCell;
use core::num::NonZeroU32;
use core::time::Duration;
use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, Value};

/// A policy that takes longer holds up the whole sidecar.
const LIMIT: Duration = Duration::from_secs(1);
const STEPS_BETWEEN_LOOKS_AT_THE_CLOCK: NonZeroU32 = NonZeroU32::new(1024).unwrap();
const RULE: &str = "data.http.allow";

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// The answer to a function of the host; `arguments` is a JSON array.
    fn call(name: *const u8, name_length: usize, arguments: *const u8, length: usize) -> u64;
}

thread_local! {
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

/// Room for a text of the host.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: usize) -> *mut u8 {
    Box::into_raw(vec![0u8; length].into_boxed_slice()).cast()
}

/// # Safety
/// `pointer` and `length` are those of an answer, or of a reserved room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn discard(pointer: *mut u8, length: usize) {
    drop(unsafe { take(pointer, length) });
}

/// Takes in a policy. `functions` has a line for each function of the host: its name, a space, how many arguments.
///
/// # Safety
/// Both texts lie in rooms that `reserve` gave; they are freed here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn load(
    policy: *mut u8,
    policy_length: usize,
    functions: *mut u8,
    functions_length: usize,
    is_v0: bool,
) -> u64 {
    let policy = unsafe { take(policy, policy_length) };
    let functions = unsafe { take(functions, functions_length) };
    answer(text(&policy).and_then(|policy| {
        let engine = engine(policy, text(&functions)?, is_v0)?;
        ENGINE.set(Some(engine));
        Ok(Value::Undefined)
    }))
}

/// The value of the rule for an input, which is JSON.
///
/// # Safety
/// The text lies in a room that `reserve` gave; it is freed here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn evaluate(input: *mut u8, length: usize) -> u64 {
    let input = unsafe { take(input, length) };
    answer(ENGINE.with_borrow_mut(|engine| {
        let engine = engine.as_mut().ok_or_else(|| anyhow!("no policy"))?;
        engine.set_input(Value::from_json_str(text(&input)?)?);
        match engine.eval_rule(RULE.into()) {
            // A policy without the rule leaves it undefined.
            Err(error) if error.to_string().contains("not a valid rule path") => {
                Ok(Value::Undefined)
            }
            result => result,
        }
    }))
}

fn engine(policy: &str, functions: &str, is_v0: bool) -> Result<Engine> {
    let mut engine = Engine::new();
    engine.set_rego_v0(is_v0);
    // As OPA has it: a function that cannot make sense of its arguments is undefined.
    engine.set_strict_builtin_errors(false);
    engine.set_execution_timer_config(ExecutionTimerConfig {
        limit: LIMIT,
        check_interval: STEPS_BETWEEN_LOOKS_AT_THE_CLOCK,
    });
    for function in functions.lines() {
        let (name, arity) = function.split_once(' ').ok_or_else(|| anyhow!("no arity"))?;
        let name = name.to_owned();
        let path = name.clone();
        let ask = move |arguments: Vec<Value>| ask_host(&name, arguments);
        engine.add_extension(path, arity.parse().map_err(anyhow::Error::msg)?, Box::new(ask))?;
    }
    engine.add_policy("inline.rego".into(), policy.to_owned())?;
    // Finds what parsing does not: unsafe variables, recursion, conflicting rules.
    engine.set_input(Value::new_object());
    match engine.clone().compile_with_entrypoint(&RULE.into()) {
        Err(error) if !error.to_string().contains("not a valid rule path") => Err(error),
        _ => Ok(engine),
    }
}

fn ask_host(name: &str, arguments: Vec<Value>) -> Result<Value> {
    let arguments = Value::from(arguments).to_json_str()?;
    let packed = unsafe { call(name.as_ptr(), name.len(), arguments.as_ptr(), arguments.len()) };
    let answer = unsafe { take((packed >> 32) as usize as *mut u8, packed as u32 as usize) };
    let answer = Value::from_json_str(text(&answer)?)?;
    let fields = answer.as_object()?;
    if let Some(error) = fields.get(&Value::from("error")) {
        bail!("{name}: {}", error.as_string()?);
    }
    Ok(fields.get(&Value::from("value")).cloned().unwrap_or(Value::Undefined))
}

unsafe fn take(pointer: *mut u8, length: usize) -> Box<[u8]> {
    unsafe { Box::from_raw(core::ptr::slice_from_raw_parts_mut(pointer, length)) }
}

fn text(bytes: &[u8]) -> Result<&str> {
    core::str::from_utf8(bytes).map_err(anyhow::Error::msg)
}

fn answer(result: Result<Value>) -> u64 {
    let json = match result.and_then(|value| match value {
        Value::Undefined => Ok("{}".to_owned()),
        value => Ok(format!("{{\"value\":{}}}", value.to_json_str()?)),
    }) {
        Ok(json) => json,
        Err(error) => format!(
            "{{\"error\":{}}}",
            Value::from(error.to_string()).to_json_str().unwrap_or_else(|_| "\"\"".into())
        ),
    };
    let bytes = json.into_bytes().into_boxed_slice();
    let length = bytes.len() as u64;
    (Box::into_raw(bytes).cast::<u8>() as usize as u64) << 32 | length
}
