// Lets better-sqlite3's addon, written for Node-API 10, run where there is only Node-API 8 (Electron 22). All it needs of the newer
// one is references to values that are no objects (strings). Here such a value is kept in a tagged holder object, and taken out of
// it again when the reference is followed. Included before the addon's own sources by the compiler's -include.
#pragma once
#include <node_api.h>

namespace napi8 {

constexpr napi_type_tag kHolder = {0x6865616473746172ULL, 0x742d686f6c646572ULL};

inline bool CanBeReferenced(napi_valuetype type) {
  return type == napi_object || type == napi_function || type == napi_external || type == napi_symbol;
}

inline napi_status CreateReference(napi_env env, napi_value value, uint32_t count, napi_ref* reference) {
  napi_valuetype type;
  napi_status status = napi_typeof(env, value, &type);
  if (status != napi_ok) return status;
  if (CanBeReferenced(type)) return napi_create_reference(env, value, count, reference);
  napi_value holder;
  if ((status = napi_create_object(env, &holder)) != napi_ok) return status;
  if ((status = napi_type_tag_object(env, holder, &kHolder)) != napi_ok) return status;
  if ((status = napi_set_element(env, holder, 0, value)) != napi_ok) return status;
  return napi_create_reference(env, holder, count, reference);
}

inline napi_status GetReferenceValue(napi_env env, napi_ref reference, napi_value* value) {
  napi_status status = napi_get_reference_value(env, reference, value);
  if (status != napi_ok || *value == nullptr) return status;
  napi_valuetype type;
  if ((status = napi_typeof(env, *value, &type)) != napi_ok || type != napi_object) return status;
  bool holds = false;
  if ((status = napi_check_object_type_tag(env, *value, &kHolder, &holds)) != napi_ok || !holds) return status;
  return napi_get_element(env, *value, 0, value);
}

}  // namespace napi8

#define napi_create_reference napi8::CreateReference
#define napi_get_reference_value napi8::GetReferenceValue
